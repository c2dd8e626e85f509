// The command line of `switchboard-load merge`.

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "bench/load/merge/merge.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/help.h"
#include "bench/load/show/json.h"
#include "bench/load/show/publish.h"

namespace switchboard::load {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  char block[65536];
  // Unlike stream iterators, read() does not throw for a folder, which can be opened like a file.
  while (file.read(block, sizeof(block)) || file.gcount() > 0) {
    text.append(block, static_cast<size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    throw std::runtime_error("cannot read '" + path + "': " + std::strerror(errno) +
                             "; name a file that --json wrote");
  }
  return text;
}

Report ReadReport(const std::string& path) {
  const std::string text = ReadFile(path);
  try {
    return FromJson(Json::Parse(text));
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error("cannot merge '" + path + "': " + error.what() +
                             "; name files that --json wrote");
  }
}

}  // namespace

int MergeMain(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(kMerge, argc, argv);
  if (line.help) {
    std::fputs(HelpText(kMerge).c_str(), stdout);
    return 0;
  }
  Require(!line.operands.empty(), "say what to merge: files that --json wrote; see --help");
  const Gate gate(line.fail_if, line.strict);
  std::vector<Part> parts;
  for (const std::string& path : line.operands) parts.push_back({path, ReadReport(path)});
  ReportFiles files(line.outputs);
  return Publish(Merge(parts), files, gate);
}

}  // namespace switchboard::load
