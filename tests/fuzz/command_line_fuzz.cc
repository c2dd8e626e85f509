// A command line, one argument a line: it is taken or refused with a sentence, and what it takes
// the Server takes as well.

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "src/options/command_line.h"
#include "src/options/table.h"
#include "tests/fuzz/fuzz.h"

namespace switchboard::test {
namespace {

// Without NUL, which no argument of a program can hold.
std::vector<std::string> Arguments(std::string_view text) {
  std::vector<std::string> arguments = {"switchboard"};
  std::string argument;
  for (const char c : text) {
    if (c == '\n') {
      arguments.push_back(argument);
      argument.clear();
    } else if (c != '\0') {
      argument += c;
    }
  }
  if (!argument.empty()) arguments.push_back(argument);
  return arguments;
}

void CheckCommandLine(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  const int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  CommandLine parsed;
  try {
    parsed = ParseCommandLine(argc, argv.data());
  } catch (const std::invalid_argument& error) {
    Require(std::string_view(error.what()).size() > 10, "refused without a sentence");
    return;
  }
  try {
    CheckOptions(parsed.options);
  } catch (const std::invalid_argument& error) {
    // The length of a greeting is looked at by the Server alone.
    Require(parsed.options.greeting.size() > 1000,
            std::string("the Server refuses what was parsed: ") + error.what());
  }
}

}  // namespace
}  // namespace switchboard::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace switchboard::test;
  CheckCommandLine(Arguments(TextOf(data, size)));
  return 0;
}
