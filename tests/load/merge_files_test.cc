// The command `merge`: the files that it reads and writes, and its exit status.

#include <doctest/doctest.h>

#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include "bench/load/base/exit_status.h"
#include "bench/load/base/json.h"
#include "bench/load/show/json.h"
#include "tests/load/finished_runs.h"
#include "tests/load/support.h"
#include "tests/support/files.h"

namespace switchboard::load {
namespace {

// Writes the file `name`, and returns its path.
std::string Write(const test::TempFolder& folder, const std::string& name,
                  const std::string& text) {
  std::ofstream(folder / name) << text;
  return folder / name;
}

int Merging(std::initializer_list<std::string> arguments) {
  return ParseWith(MergeMain, "merge", arguments);
}

TEST_CASE("TheCommandWritesTheFilesThatWereAskedFor") {
  const test::TempFolder folder;
  const std::string a = Write(folder, "a.json", ToJson(Fast()).ToString());
  const std::string b = Write(folder, "b.json", ToJson(Slow()).ToString());
  CHECK(Merging({a, b, "--json", folder / "c.json", "--csv", folder / "c.csv", "--html",
                 folder / "c.html"}) == 0);
  CHECK(FromJson(Json::Parse(test::Contents(folder / "c.json"))).messages == 10'000);
  CHECK(Has(test::Contents(folder / "c.csv"), "\n0,10000,"));
  CHECK(Has(test::Contents(folder / "c.html"), "</html>"));
  CHECK(Merging({a}) == 0);
}

TEST_CASE("AWrongEchoIsTheCommandsExitStatus") {
  const test::TempFolder folder;
  Report bad = Slow();
  bad.verification.bad_connections = 1;
  const std::string a = Write(folder, "a.json", ToJson(Fast()).ToString());
  const std::string b = Write(folder, "b.json", ToJson(bad).ToString());
  CHECK(Merging({a, b}) == kExitVerification);
}

TEST_CASE("TheVerdictIsTheCommandsExitStatus") {
  const test::TempFolder folder;
  Report missing = Slow(), busy = Slow();
  missing.generator.connections_open = 1;
  busy.generator.busy_share = 1;
  const std::string a = Write(folder, "a.json", ToJson(missing).ToString());
  const std::string b = Write(folder, "b.json", ToJson(busy).ToString());
  CHECK(Merging({a}) == kExitNotReached);
  CHECK(Merging({"--strict", a}) == kExitNotReached);
  CHECK(Merging({b}) == 0);
  CHECK(Merging({"--strict", b}) == kExitNotValid);
  CHECK(Merging({"--strict", "--fail-if", "p50>1ns", b}) == kExitCondition);
}

TEST_CASE("AFileThatIsNoReportIsNamed") {
  const test::TempFolder folder;
  const std::string whole = ToJson(Fast()).ToString();
  const std::string good = Write(folder, "good.json", whole);
  const std::string wrong[] = {
      Write(folder, "empty.json", ""),
      Write(folder, "prose.json", "hello"),
      Write(folder, "other.json", "{\"schema\": \"other/1\"}"),
      Write(folder, "cut.json", whole.substr(0, whole.size() / 2)),
      folder / "missing.json",
      folder / "",
  };
  for (const std::string& path : wrong) {
    CAPTURE(path);
    try {
      Merging({good, path});
      FAIL_CHECK("it was taken for a report");
    } catch (const std::runtime_error& error) {
      CHECK(Has(error.what(), "'" + path + "'"));
      CHECK_FALSE(Has(error.what(), "\n"));
    }
  }
}

// `text` with `from`, which is in it, replaced once.
std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("ReadsTheSchemasBeforeThisOneAndNamesWhatItDoesNotKnow") {
  const test::TempFolder folder;
  const std::string whole = ToJson(Fast()).ToString();
  for (const char* schema : {"1", "2", "3", "4"}) {
    const std::string before =
        With(whole, "switchboard-load/5", "switchboard-load/" + std::string(schema));
    CHECK(FromJson(Json::Parse(before)).messages == 9000);
    CHECK(FromJson(Json::Parse(before)).latency.count() == 9000);
  }
  const std::string unknown = Write(folder, "unknown.json", With(whole, "load/5", "load/9"));
  CHECK_THROWS_WITH_AS(Merging({unknown}), doctest::Contains("'switchboard-load/9'"),
                       std::runtime_error);
}

TEST_CASE("AFileMayHoldSeveralReports") {
  const test::TempFolder folder;
  const std::string both = ToJson(Fast()).ToString() + "\n" + ToJson(Slow()).ToString();
  const std::string path = Write(folder, "all.json", both);
  CHECK(Merging({path, "--json", folder / "sum.json"}) == 0);
  const Report sum = FromJson(Json::Parse(test::Contents(folder / "sum.json")));
  CHECK(sum.messages == 10'000);
  REQUIRE(sum.machines.size() == 2);
  CHECK(sum.machines[0].name == "all.json#1");
  CHECK(sum.machines[1].name == "all.json#2");
  const std::string cut = Write(folder, "cut.json", both.substr(0, both.size() - 10));
  CHECK_THROWS_WITH_AS(Merging({cut}), doctest::Contains("cut.json': not JSON at byte"),
                       std::runtime_error);
}

TEST_CASE("NumbersThatCannotBeAreRefused") {
  const test::TempFolder folder;
  const std::string whole = ToJson(Fast()).ToString();
  for (const std::string wrong : {"\"seconds\": -1", "\"seconds\": -1.5", "\"seconds\": null"}) {
    CAPTURE(wrong);
    const std::string path = Write(folder, "a.json", With(whole, "\"seconds\": 1", wrong));
    CHECK_THROWS_WITH_AS(Merging({path}), doctest::Contains("'seconds': "), std::runtime_error);
  }
  const std::string cpus = With(whole, "\"cpus\": 4", "\"cpus\": 4294967300");
  CHECK_THROWS_AS(Merging({Write(folder, "a.json", cpus)}), std::runtime_error);
}

TEST_CASE("ANameThatIsNotUtf8IsRefused") {
  const test::TempFolder folder;
  const std::string path = Write(folder, "a\xff.json", ToJson(Fast()).ToString());
  CHECK_THROWS_WITH_AS(Merging({path}), doctest::Contains("is not UTF-8"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(Merging({Write(folder, "a.json", "{\"schema\": \"\xff\"}")}),
                       doctest::Contains("a string is not UTF-8"), std::runtime_error);
}

TEST_CASE("AWindowThatContradictsTheSecondsIsRefused") {
  const Report run = At(Fast(), 1000);
  CHECK_NOTHROW(FromJson(ToJson(run)));
  for (const double end_s : {999.0, 1005.0, 1e18}) {
    Report wrong = run;
    wrong.window_end_s = end_s;
    CHECK_THROWS_AS(FromJson(ToJson(wrong)), std::invalid_argument);
  }
}

TEST_CASE("WrongUseIsAUsageError") {
  CHECK_THROWS_AS(Merging({}), std::invalid_argument);
  CHECK_THROWS_AS(Merging({"--json"}), std::invalid_argument);
  CHECK_THROWS_AS(Merging({"--nonsense", "a.json"}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(Merging({"a.json", "-xyz"}),
                       "the option '-x' is not known; see switchboard-load merge --help",
                       std::invalid_argument);
}

}  // namespace
}  // namespace switchboard::load
