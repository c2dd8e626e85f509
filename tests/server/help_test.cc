// What --help says, and that the README, the manual and the completion know the same options.

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/support/logfmt.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// What --help says of an option.
struct OptionLine {
  std::string usage;    // "-w, --workers [SERVICE=]N"
  std::string meaning;  // "threads of the pool, ... (default: ...)"

  std::string Name() const {
    const std::string name = usage.substr(usage.find("--"));
    return name.substr(0, name.find(' '));
  }
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

// Each begins with a dash; what follows is indented.
std::vector<OptionLine> OptionsOfHelp() {
  std::vector<OptionLine> options;
  for (const std::string& line : SplitLines(Help())) {
    if (!line.starts_with("  ")) continue;
    const bool begins = Trim(line).starts_with('-') && line.find('-') < kMeaningColumn;
    if (begins) options.push_back({Trim(line.substr(0, line.find("  ", line.find('-')))), ""});
    if (begins && line.size() <= kMeaningColumn) continue;
    const size_t text = begins ? line.find("  ", line.find('-')) : 0;
    if (text == std::string::npos) continue;
    std::string& meaning = options.back().meaning;
    meaning += (meaning.empty() ? "" : " ") + Trim(line.substr(text));
  }
  return options;
}

// The options that its chapter on them names, each once.
std::set<std::string> OptionsOfReadme() {
  std::ifstream readme(README_FILE);
  REQUIRE(readme.is_open());
  std::set<std::string> options;
  bool inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("## ")) inside = line == "## Options";
    if (!inside || !line.starts_with('|')) continue;
    for (size_t at = 0; (at = line.find("`--", at)) != std::string::npos;) {
      const size_t end = line.find_first_of(" `", at + 1);
      CHECK(options.insert(line.substr(at + 1, end - at - 1)).second);
      at = end;
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

TEST_CASE("TheReadmeNamesEachOptionAndNoOther") {
  std::set<std::string> help;
  for (const OptionLine& option : OptionsOfHelp()) help.insert(option.Name());
  REQUIRE(help.size() > 10);
  CHECK(OptionsOfReadme() == help);
}

Finished Pages(const ServerProcess::Options& arguments, const std::string& program = PAGES) {
  Spawn pages;
  pages.program = program;
  return RunToEnd(arguments, pages);
}

// What bash offers behind `words`, of which the last is not finished.
std::string Offered(const std::string& script, const std::vector<std::string>& words) {
  std::string ask = script + "COMP_WORDS=(switchboard";
  for (const std::string& word : words) ask += " '" + word + "'";
  ask += "); COMP_CWORD=" + std::to_string(words.size()) + "; _switchboard; echo ${COMPREPLY[*]}";
  return Pages({"-c", ask}, "/bin/bash").out;
}

TEST_CASE("TheManualAndTheCompletionHaveTheSameOptions") {
  const std::string manual = Pages({"manual"}).out;
  const std::string script = Pages({"completion"}).out;
  for (const OptionLine& option : OptionsOfHelp()) {
    const std::string name = option.Name();
    CAPTURE(name);
    CHECK(script.find(name) != std::string::npos);
    std::string escaped;
    for (const char c : name) escaped += c == '-' ? "\\-" : std::string(1, c);
    CHECK(manual.find(escaped) != std::string::npos);
  }
  CHECK(Offered(script, {"--when-full", "b"}) == "busy\n");
  CHECK(Offered(script, {"--proxy-t"}) == "--proxy-timeout\n");
}

TEST_CASE("APageThatIsNoneIsRefused") {
  const ServerProcess::Options kWrong[] = {{}, {""}, {"man"}, {"--help"}, {"manual", "completion"}};
  for (const ServerProcess::Options& wrong : kWrong) {
    const Finished run = Pages(wrong);
    CHECK(run.status == 2);
    CHECK(run.out == "");
    CHECK(SplitLines(run.err).size() == 1);
  }
  CHECK(Pages({"manual"}).status == 0);
  CHECK(Pages({"completion"}).status == 0);
}

// What stands for a value in --help is not one.
TEST_CASE("TheCompletionOffersWordsThatMayStandThere") {
  const std::string script = Pages({"completion"}).out;
  CHECK(Offered(script, {"--greeting", ""}) == "none\n");
  CHECK(Offered(script, {"--log-level", ""}) == "error warn info debug\n");
  for (const OptionLine& option : OptionsOfHelp()) {
    CAPTURE(option.usage);
    const std::string offered = Offered(script, {option.Name(), ""});
    CHECK(offered.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ[]") == std::string::npos);
  }
}

}  // namespace
}  // namespace switchboard::test
