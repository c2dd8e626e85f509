// Several runs over each other: as text, and as a page. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_REPORT_OVERLAY_H_
#define SWITCHBOARD_BENCH_LOAD_REPORT_OVERLAY_H_

#include <string>
#include <vector>

#include "bench/load/merge/merge.h"

namespace switchboard::load {

inline constexpr size_t kMostRuns = 8;  // that have a colour of their own

struct Overlay {
  std::vector<Part> runs;  // the first is what the others are compared with
  std::string title;       // may be empty
  std::vector<std::string> notes;
};

std::string ToText(const Overlay& overlay);
std::string ToHtml(const Overlay& overlay);

// The subcommand, like main; the value is the exit status.
int ReportMain(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_REPORT_OVERLAY_H_
