// The command line of `switchboard-load report`.

#include <cstdio>

#include "bench/load/base/output_file.h"
#include "bench/load/merge/files.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/help.h"
#include "bench/load/report/overlay.h"
#include "bench/load/show/page/html.h"
#include "bench/load/show/text.h"

namespace switchboard::load {
namespace {

void RetitleFrom(const CommandLine& line, Report& report) {
  if (line.Has("title")) report.title = line.title;
  report.notes.insert(report.notes.begin(), line.notes.begin(), line.notes.end());
}

}  // namespace

int ReportMain(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(kReport, argc, argv);
  if (line.help) {
    std::fputs(HelpText(kReport).c_str(), stdout);
    return 0;
  }
  Require(!line.operands.empty(), "say which runs to show: files that --json wrote; see --help");
  std::vector<Part> parts = ReadParts(line.operands, "show");
  Require(parts.size() <= kMostRuns, "a page shows at most " + std::to_string(kMostRuns) +
                                         " runs, and these are " + std::to_string(parts.size()) +
                                         "; leave some out");
  OutputFile html(line.outputs.html_path);
  if (parts.size() == 1) {
    Report& report = parts.front().report;
    RetitleFrom(line, report);
    WriteAll(ToText(report), line.outputs.Text(), {{html, ToHtml(report)}});
    return 0;
  }
  const Overlay overlay{parts, line.title, line.notes};
  WriteAll(ToText(overlay), line.outputs.Text(), {{html, ToHtml(overlay)}});
  return 0;
}

}  // namespace switchboard::load
