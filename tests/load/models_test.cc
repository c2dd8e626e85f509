// The comparison of ways to build a server, with two callers: its table has what each way is for.

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard {
namespace {

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("EachModelIsMeasuredAndTheIterativeOneAnswersOneCaller") {
  const test::TempFolder folder;
  test::Spawn python;
  python.program = "/usr/bin/env";
  const test::Finished run =
      test::RunToEnd({"python3", COMPARE_SCRIPT, "--build", BUILD_ROOT, "--rounds", "1",
                      "--duration", "0.6", "--callers", "2", "--svg", folder / "models.svg"},
                     python);
  CAPTURE(run.out);
  CAPTURE(run.err);
  CHECK(run.status == 0);
  CHECK(Has(run.out,
            "| callers | Switchboard | inline reactor | thread per call | process per call | "
            "iterative |\n|---:|---:|---:|---:|---:|---:|\n| 2 | "));
  CHECK(Has(run.out, ", only 1 answered |"));
  CHECK_FALSE(Has(run.out, "no answer"));
}

}  // namespace
}  // namespace switchboard
