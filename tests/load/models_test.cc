// The comparisons of ways to build a server, with two callers: their tables have what each way is
// for.

#include <doctest/doctest.h>

#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard {
namespace {

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

test::Finished Compare(const char* script, std::vector<std::string> words) {
  const test::TempFolder folder;
  test::Spawn python;
  python.program = "/usr/bin/env";
  words.insert(words.begin(), {"python3", script, "--build", BUILD_ROOT, "--rounds", "1",
                               "--callers", "2", "--svg", folder / "models.svg"});
  // Each server and each load is started anew: on a busy machine that takes its time.
  test::ServerProcess process = test::ServerProcess::WithoutWaiting(words, python);
  const std::optional<int> status = process.WaitForExit(2 * test::kPatience);
  return {status.value_or(-1), process.Out(), process.Err()};
}

TEST_CASE("EachModelIsMeasuredAndTheIterativeOneAnswersOneCaller") {
  const test::Finished run = Compare(COMPARE_SCRIPT, {"--duration", "0.6"});
  CAPTURE(run.out);
  CAPTURE(run.err);
  CHECK(run.status == 0);
  CHECK(Has(run.out,
            "| callers | Switchboard | inline reactor | thread per call | process per call | "
            "iterative |\n|---:|---:|---:|---:|---:|---:|\n| 2 | "));
  CHECK(Has(run.out, ", only 1 answered |"));
  CHECK_FALSE(Has(run.out, "no answer"));
}

// With a service of 50 ms, two callers get 40 messages a second from two employees or more, and 20
// from one.
TEST_CASE("EachModelTakesAsLongAsItsService") {
  const test::Finished run =
      Compare(SERVICES_SCRIPT, {"--duration", "1.5", "--service-times", "50"});
  CAPTURE(run.out);
  CAPTURE(run.err);
  CHECK(run.status == 0);
  CHECK(
      Has(run.out,
          "| service | callers | Switchboard, 16 workers | 4 workers | 1 worker | inline reactor | "
          "thread a call | process a call | one employee |\n"));
  const size_t row = run.out.find("| 50 ms | 2 | ");
  REQUIRE(row != std::string::npos);
  std::istringstream cells(run.out.substr(row + std::string_view("| 50 ms | 2 | ").size()));
  for (const double most : {40, 40, 20, 20, 40, 40, 20}) {
    double rate = 0;
    std::string rest;
    cells >> rate;
    std::getline(cells, rest, '|');
    CAPTURE(rest);
    CHECK(rate > 0);
    CHECK(rate <= 1.1 * most);
  }
}

}  // namespace
}  // namespace switchboard
