// Hands a report to the user: as text on standard output, and in the files that were asked for.
// Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_PUBLISH_H_
#define SWITCHBOARD_BENCH_LOAD_PUBLISH_H_

#include <string>

#include "bench/load/report.h"

namespace switchboard::load {

// Where the views of a report go; empty for none.
struct Outputs {
  std::string json_path, csv_path, html_path;
};

// The value is the exit status: 0, or kExitVerification. Throws std::runtime_error with one
// sentence if a file cannot be written.
int Publish(const Report& report, const Outputs& outputs);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_PUBLISH_H_
