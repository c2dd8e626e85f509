#include "src/options/command_line.h"

#include <getopt.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "src/options/table.h"
#include "src/services/services.h"

namespace switchboard {
namespace {

constexpr int kFirstLong = 256;  // what getopt returns for the first row: beyond every character
constexpr size_t kMeaningColumn = 29;
constexpr size_t kLineColumns = 80;

// "  -l, --listen [ADDRESS:]PORT[=SERVICE]".
std::string Usage(const OptionRow& row) {
  std::string usage = row.letter != 0 ? std::string("  -") + row.letter + ", --" : "      --";
  usage += row.name;
  return row.kind.value.empty() ? usage : usage + ' ' + row.kind.value;
}

void Replace(std::string_view placeholder, const std::string& text, std::string& sentence) {
  const size_t found = sentence.find(placeholder);
  if (found != std::string::npos) sentence.replace(found, placeholder.size(), text);
}

std::string Meaning(const OptionRow& row) {
  std::string meaning = row.meaning;
  if (*row.default_value != 0) meaning += std::string(" (default: ") + row.default_value + ')';
  Replace("{range}", row.kind.range, meaning);
  Replace("{default}", row.kind.initial, meaning);
  return meaning;
}

// Appends the words of `text` to `line` and `lines`, a new line wherever one is full.
void Wrap(const std::string& text, std::string line, size_t indent, std::string& lines) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool first = line.size() <= indent;
    if (!first && line.size() + 1 + word.size() > kLineColumns) {
      lines += line + '\n';
      line.clear();
    }
    line.resize(std::max(line.size(), indent), ' ');
    if (line.size() > indent) line += ' ';
    line += word;
  }
  lines += line + '\n';
}

// A row for the letter or the number that getopt returned; there is one.
const OptionRow& RowOf(int found) {
  for (const OptionRow& row : OptionTable()) {
    if (found == row.letter) return row;
  }
  return OptionTable()[static_cast<size_t>(found - kFirstLong)];
}

void Apply(const OptionRow& row, std::string_view text, CommandLine& result) {
  if (row.name == std::string_view("help")) result.action = CommandLine::Action::kHelp;
  if (row.name == std::string_view("version")) result.action = CommandLine::Action::kVersion;
  try {
    row.kind.read(text, result.options);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("--") + row.name + ' ' + error.what());
  }
}

[[noreturn]] void Refuse(const char* argument, const char* complaint) {
  throw std::invalid_argument(std::string("'") + argument + "' " + complaint);
}

}  // namespace

std::string HelpText() {
  std::string text =
      "Usage: switchboard [OPTION]...\n"
      "A TCP echo server: one edge-triggered epoll reactor and a fixed pool of workers.\n\n";
  for (const OptionRow& row : OptionTable()) {
    std::string line = Usage(row);
    if (line.size() + 2 > kMeaningColumn) {
      text += line + '\n';
      line.clear();
    }
    line.resize(kMeaningColumn, ' ');
    Wrap(Meaning(row), line, kMeaningColumn, text);
  }
  text += "\nSERVICE is one of " + NamesOf(ShippedServices(Options())) + ".\n";
  return text +
         "SIGTERM and SIGINT finish the replies under way and exit; a second one exits at\n"
         "once. SIGUSR1 logs all counters.\n";
}

CommandLine ParseCommandLine(int argc, char** argv) {
  std::vector<option> long_options;
  std::string short_options = ":";
  for (const OptionRow& row : OptionTable()) {
    const bool takes_value = !row.kind.value.empty();
    long_options.push_back({row.name, takes_value ? required_argument : no_argument, nullptr,
                            kFirstLong + static_cast<int>(long_options.size())});
    if (row.letter != 0) short_options += row.letter;
    if (row.letter != 0 && takes_value) short_options += ':';
  }
  long_options.push_back({});

  CommandLine result;
  optind = 0;  // begin anew, getopt(3)
  while (result.action == CommandLine::Action::kServe) {
    const int here = optind == 0 ? 1 : optind;
    const int found = getopt_long(argc, argv, short_options.c_str(), long_options.data(), nullptr);
    if (found == -1) break;
    if (found == '?' && optopt >= kFirstLong) Refuse(argv[here], "takes no value");
    if (found == '?') {
      Refuse(argv[here], "is not an option, or short for several; --help lists them");
    }
    if (found == ':') Refuse(argv[here], "needs a value; --help says which");
    Apply(RowOf(found), optarg == nullptr ? "" : optarg, result);
  }
  if (result.action == CommandLine::Action::kServe && optind < argc) {
    Refuse(argv[optind], "is not an option; an address is given with --listen");
  }
  return result;
}

}  // namespace switchboard
