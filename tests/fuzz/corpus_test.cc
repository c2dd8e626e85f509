// The inputs that are kept for a fuzzer, one by one: each has once found a way through the code
// that no other had, or a fault that has been mended.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "tests/fuzz/fuzz.h"
#include "tests/support/files.h"

namespace switchboard::test {
namespace {

TEST_CASE("NoKeptInputShowsAFault") {
  int inputs = 0;
  for (const auto& file : std::filesystem::directory_iterator(CORPUS)) {
    INFO("the input " << file.path().string());
    const std::string input = Contents(file.path());
    CHECK(LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size()) ==
          0);
    ++inputs;
  }
  CHECK(inputs > 0);
}

}  // namespace
}  // namespace switchboard::test
