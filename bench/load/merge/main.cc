// The command line of `switchboard-load merge`.

#include <cstdio>

#include "bench/load/merge/files.h"
#include "bench/load/merge/merge.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/help.h"
#include "bench/load/show/publish.h"

namespace switchboard::load {
int MergeMain(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(kMerge, argc, argv);
  if (line.help) {
    std::fputs(HelpText(kMerge).c_str(), stdout);
    return 0;
  }
  Require(!line.operands.empty(),
          "say what to merge: files that --json wrote, or - for standard input; see --help");
  const Gate gate(line.fail_if, line.strict);
  const std::vector<Part> parts = ReadParts(line.operands, "merge");
  ReportFiles files(line.outputs);
  Report all = Merge(parts);
  if (line.Has("title")) all.title = line.title;
  all.notes.insert(all.notes.begin(), line.notes.begin(), line.notes.end());
  all.command = line.as_typed;
  return Publish(all, files, gate);
}

}  // namespace switchboard::load
