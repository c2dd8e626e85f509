// Escapes, both ways: any text may be given as a greeting, and what the trace prints for any bytes
// is one line of printable ASCII that stands for exactly these bytes.

#include <stdexcept>
#include <string>
#include <string_view>

#include "src/connection/trace.h"
#include "src/options/kinds.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sim/kernel/machine.h"

namespace switchboard::test {
namespace {

// Of which the trace shows all.
constexpr size_t kShownBytes = 950;

std::string Unescaped(std::string_view text) {
  ProgramOptions options;
  GreetingKind().read(' ' + std::string(text), options);  // a word alone may mean something else
  return options.greeting.substr(1);
}

void CheckAsGreeting(std::string_view text) {
  try {
    const std::string plain = Unescaped(text);
    Require(plain.size() <= text.size(), "an escape grows");
    if (text.find('\\') == std::string_view::npos) Require(plain == text, "text is changed");
  } catch (const std::invalid_argument&) {
    Require(text.find('\\') != std::string_view::npos, "text without an escape is refused");
  }
}

// A greeting has no escape for the quote, as nothing quotes it.
std::string WithPlainQuotes(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size();
    if (escape && text[i + 1] == '"') continue;
    plain += text[i];
    if (escape) plain += text[++i];
  }
  return plain;
}

void CheckTraced(std::string_view said) {
  sim::Machine machine({});
  const CallerAddresses callers;
  Trace(callers).Print(-1, said);
  const std::string line = machine.written[LineStream::kStandardOutput];
  for (const char c : line.substr(0, line.size() - 1)) {
    Require(c >= ' ' && c <= '~', "the trace prints a control character: " + line);
  }
  Require(line.ends_with('\n'), "the trace does not end its line: " + line);
  const size_t begin = line.find('"') + 1, end = line.rfind('"');
  if (said.size() > kShownBytes) return;
  Require(Unescaped(WithPlainQuotes(std::string_view(line).substr(begin, end - begin))) == said,
          "the trace shows other bytes: " + line);
}

}  // namespace
}  // namespace switchboard::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace switchboard::test;
  CheckAsGreeting(TextOf(data, size));
  CheckTraced(TextOf(data, size));
  return 0;
}
