// The program as shipped is hardened against what a fault of its own could be used for.

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "tests/support/files.h"

namespace switchboard::test {
namespace {

std::string ReadElf(const std::string& options) {
  const TempFolder folder;
  const std::string file = folder / "elf";
  const std::string command = "readelf " + options + " --wide " SWITCHBOARD_BINARY " >" + file;
  REQUIRE(std::system(command.c_str()) == 0);
  return Contents(file);
}

bool Has(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

TEST_CASE("TheProgramIsHardened") {
  if (std::system("readelf --version >/dev/null 2>&1") != 0) {
    MESSAGE("left out: readelf is not installed");
    return;
  }
  const std::string segments = ReadElf("--segments");
  const std::string dynamic = ReadElf("--dynamic");
  const std::string symbols = ReadElf("--dyn-syms");
  // Loaded at an address that nobody can guess, data without code, and nothing that steers calls
  // left writable.
  CHECK(Has(dynamic, "PIE"));
  CHECK(Has(segments, "GNU_RELRO"));
  CHECK(Has(dynamic, "BIND_NOW"));
  CHECK_FALSE(Has(segments, "RWE"));
  // A write past the end of an array is noticed.
  CHECK(Has(symbols, "__stack_chk_fail"));
  CHECK(Has(symbols, "_chk@"));
}

}  // namespace
}  // namespace switchboard::test
