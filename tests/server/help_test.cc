// What --help says, and that the README's table of options says the same.

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/logfmt.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// As --help and the README both have them, but for line breaks and the marks of Markdown.
struct OptionLine {
  std::string usage;          // "-w, --workers [SERVICE=]N"
  std::string meaning;        // "threads of the pool, ..."
  std::string default_value;  // empty for none
};

constexpr size_t kMeaningColumn = 29;

std::string Help() {
  const Finished run = RunToEnd({"--help"});
  CHECK(run.status == 0);
  CHECK(run.err == "");
  return run.out;
}

std::string Trim(const std::string& text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

void SplitDefault(OptionLine& option) {
  constexpr std::string_view kBegin = " (default: ";
  const size_t begin = option.meaning.rfind(kBegin);
  if (begin == std::string::npos) return;
  option.default_value = option.meaning.substr(begin + kBegin.size());
  option.default_value.pop_back();
  option.meaning.resize(begin);
}

// Each begins with a dash; what follows is indented.
std::vector<OptionLine> OptionsOfHelp() {
  std::vector<OptionLine> options;
  for (const std::string& line : SplitLines(Help())) {
    if (!line.starts_with("  ")) continue;
    const bool begins = Trim(line).starts_with('-') && line.find('-') < kMeaningColumn;
    if (begins) options.push_back({Trim(line.substr(0, line.find("  ", line.find('-')))), "", ""});
    if (begins && line.size() <= kMeaningColumn) continue;
    const size_t text = begins ? line.find("  ", line.find('-')) : 0;
    if (text == std::string::npos) continue;
    std::string& meaning = options.back().meaning;
    meaning += (meaning.empty() ? "" : " ") + Trim(line.substr(text));
  }
  for (OptionLine& option : options) SplitDefault(option);
  return options;
}

// The cells of a row of a Markdown table, without the marks of code.
std::vector<std::string> Cells(const std::string& row) {
  std::vector<std::string> cells;
  std::string cell;
  for (size_t i = 1; i < row.size(); ++i) {
    if (row[i] == '\\' && i + 1 < row.size() && row[i + 1] == '|') {
      cell += row[++i];
    } else if (row[i] == '|') {
      cells.push_back(Trim(cell));
      cell.clear();
    } else if (row[i] != '`') {
      cell += row[i];
    }
  }
  return cells;
}

std::vector<OptionLine> OptionsOfReadme() {
  std::ifstream readme(README_FILE);
  REQUIRE(readme.is_open());
  std::vector<OptionLine> options;
  bool inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line == "| option | meaning | default |") {
      inside = true;
    } else if (inside && !line.starts_with('|')) {
      break;
    } else if (inside && !line.starts_with("|---")) {
      const std::vector<std::string> cells = Cells(line);
      REQUIRE(cells.size() == 3);
      options.push_back({cells[0], cells[1], cells[2]});
    }
  }
  return options;
}

TEST_CASE("FitsATerminalOf80Columns") {
  for (const std::string& line : SplitLines(Help())) {
    CAPTURE(line);
    CHECK(line.size() <= 80);
  }
}

TEST_CASE("NamesTheServices") {
  const std::string help = Help();
  for (const char* service : {"echo", "discard", "chargen", "daytime"}) {
    CAPTURE(service);
    CHECK(help.find(service) != std::string::npos);
  }
}

TEST_CASE("TheReadmeHasTheSameOptions") {
  const std::vector<OptionLine> help = OptionsOfHelp();
  const std::vector<OptionLine> readme = OptionsOfReadme();
  REQUIRE(help.size() > 10);
  CHECK(help.size() == readme.size());
  for (size_t i = 0; i < std::min(help.size(), readme.size()); ++i) {
    CHECK(readme[i].usage == help[i].usage);
    CHECK(readme[i].meaning == help[i].meaning);
    CHECK(readme[i].default_value == help[i].default_value);
  }
}

Finished Pages(const ServerProcess::Options& arguments, const std::string& program = PAGES) {
  Spawn pages;
  pages.program = program;
  return RunToEnd(arguments, pages);
}

TEST_CASE("TheManualAndTheCompletionHaveTheSameOptions") {
  const std::string manual = Pages({"manual"}).out;
  const std::string script = Pages({"completion"}).out;
  for (const OptionLine& option : OptionsOfHelp()) {
    std::string name = option.usage.substr(option.usage.find("--"));
    name = name.substr(0, name.find(' '));
    CAPTURE(name);
    CHECK(script.find(name) != std::string::npos);
    std::string escaped;
    for (const char c : name) escaped += c == '-' ? "\\-" : std::string(1, c);
    CHECK(manual.find(escaped) != std::string::npos);
  }
  const std::string ask = script +
                          "COMP_WORDS=(switchboard --when-full b); COMP_CWORD=2; _switchboard; "
                          "echo ${COMPREPLY[*]}; COMP_WORDS=(switchboard --proxy-t); COMP_CWORD=1; "
                          "_switchboard; echo ${COMPREPLY[*]}";
  CHECK(Pages({"-c", ask}, "/bin/bash").out == "busy\n--proxy-timeout\n");
}

}  // namespace
}  // namespace switchboard::test
