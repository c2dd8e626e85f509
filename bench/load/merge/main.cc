// The command line of `switchboard-load merge`.

#include <getopt.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "bench/load/base/usage.h"
#include "bench/load/merge/merge.h"
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

int PrintHelp() {
  std::puts(
      "usage: switchboard-load merge [OPTION]... FILE...\n\n"
      "Adds the runs of several machines, made at the same time, into one report. FILE is what\n"
      "--json wrote.\n\n"
      "      --json FILE          write everything that was measured\n"
      "      --csv FILE           write the timeline, one line a second\n"
      "      --html FILE          write a report for a browser");
  return 0;
}

}  // namespace

int MergeMain(int argc, char** argv) {
  enum LongOption { kJson = kFirstLong, kCsv, kHtml };
  constexpr option kOptions[] = {{"json", required_argument, nullptr, kJson},
                                 {"csv", required_argument, nullptr, kCsv},
                                 {"html", required_argument, nullptr, kHtml},
                                 {"help", no_argument, nullptr, 'h'},
                                 {nullptr, 0, nullptr, 0}};
  Outputs outputs;
  optind = 0;  // starts getopt anew
  int option;
  while ((option = getopt_long(argc, argv, ":h", kOptions, nullptr)) != -1) {
    switch (option) {
      case kJson:
        outputs.json_path = optarg;
        break;
      case kCsv:
        outputs.csv_path = optarg;
        break;
      case kHtml:
        outputs.html_path = optarg;
        break;
      case 'h':
        return PrintHelp();
      default:
        RefuseOption(option, argv, "switchboard-load merge");
    }
  }
  std::vector<Part> parts;
  for (; optind < argc; ++optind) parts.push_back({argv[optind], ReadReport(argv[optind])});
  Require(!parts.empty(), "say what to merge: files that --json wrote; see --help");
  ReportFiles files(outputs);
  return Publish(Merge(parts), files);
}

}  // namespace switchboard::load
