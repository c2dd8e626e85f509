// switchboard-load staff on a real server, as a user runs it: predicted stands beside measured.
// Whether the two agree is for a quiet machine to say; here it is whose turns were counted.

#include <doctest/doctest.h>

#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/base/json.h"
#include "tests/load/support.h"
#include "tests/support/files.h"
#include "tests/support/http.h"
#include "tests/support/server_process.h"

namespace switchboard::load {
namespace {

using Words = std::vector<std::string>;

test::Finished Staff(Words words) {
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  words.insert(words.begin(), "staff");
  // Longer than a test may take that measures nothing.
  test::ServerProcess process = test::ServerProcess::WithoutWaiting(words, spawn);
  const std::optional<int> status = process.WaitForExit();
  return {status.value_or(-1), process.Out(), process.Err()};
}

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

const Words kServer{"--listen", "127.0.0.1:0", "--greeting",     "",       "--workers", "2",
                    "--status", "127.0.0.1:0", "--service-time", "exp:2ms"};

// The figures that each rate must have, whatever they are.
void CheckFigures(const Json& rate) {
  for (const char* name : {"utilisation", "mean_wait_us", "p_wait"}) {
    CAPTURE(name);
    const Json& figure = rate[name];
    CHECK(figure["measured"].AsNumber() >= 0);
    CHECK(figure["predicted"].AsNumber() >= 0);
    if (figure["low"].IsNull()) continue;
    CHECK(figure["low"].AsNumber() <= figure["measured"].AsNumber());
    CHECK(figure["high"].AsNumber() >= figure["measured"].AsNumber());
  }
  const Json::Array& waits = rate["p_wait_over"].AsArray();
  REQUIRE(waits.size() == 4);
  CHECK(waits[0]["over_us"].AsNumber() == doctest::Approx(rate["service_us"].AsNumber() / 10));
  CHECK(waits[3]["over_us"].AsNumber() == doctest::Approx(7000));
  for (size_t i = 1; i < 3; ++i) {
    CHECK(waits[i]["measured"].AsNumber() <= waits[i - 1]["measured"].AsNumber());
  }
}

TEST_CASE("SetsWhatIsPredictedBesideWhatAServerSaysOfItself") {
  const test::ServerProcess server(kServer);
  const test::TempFolder folder;
  const test::Finished run = Staff({server.Address(),
                                    "--status",
                                    test::StatusAddress(server),
                                    "--rates",
                                    "40,80",
                                    "--duration",
                                    "2",
                                    "--warmup",
                                    "0.2",
                                    "--connections",
                                    "50",
                                    "--target",
                                    "80%/7ms",
                                    "--seed",
                                    "7",
                                    "--json",
                                    "-",
                                    "--html",
                                    folder / "staff.html",
                                    "--title",
                                    "<Lines>"});
  CAPTURE(run.err);
  REQUIRE(run.status == 0);
  const Json json = Json::Parse(run.out);
  CHECK(json["schema"].AsString() == "switchboard-staff-measured/1");
  CHECK(json["server"].AsString() == server.Address());
  CHECK(json["seed"].AsUnsigned() == 7);
  const Json::Array& rates = json["rates"].AsArray();
  REQUIRE(rates.size() == 2);
  CHECK(rates[0]["rate"].AsNumber() == 40);
  CHECK(rates[1]["rate"].AsNumber() == 80);
  for (const Json& rate : rates) {
    CHECK(rate["workers"].AsSigned() == 2);
    CHECK(rate["connections"].AsSigned() == 50);
    CHECK(rate["turns"].AsUnsigned() > 0);
    CHECK(rate["messages"].AsUnsigned() > 0);
    CHECK(rate["service_us"].AsNumber() > 0);
    CHECK_FALSE(rate["verdict"].AsString().empty());
    CheckFigures(rate);
  }
  const std::string page = test::Contents(folder / "staff.html");
  CHECK(Has(page, "&lt;Lines&gt;"));
  CHECK_FALSE(Has(page, "<Lines>"));
  CHECK(Has(page, "80/s predicted"));
  CHECK(Has(page, "--seed 7"));
}

TEST_CASE("StartsTheServerThatItMeasures") {
  const test::Finished run = Staff(
      {"--command",
       SWITCHBOARD_BINARY
       " --listen 127.0.0.1:{port} --status 127.0.0.1:{status} --workers 3 --service-time 1ms",
       "--rates", "50", "--duration", "1", "--warmup", "0.2", "--connections", "20"});
  CAPTURE(run.err);
  CHECK(run.status == 0);
  CHECK(Has(run.out, "3 workers"));
  CHECK(Has(run.out, "Poisson arrivals from 20 connections"));
  CHECK(Has(run.out, "mean service s 1"));
  CHECK_FALSE(Has(run.out, " ms to "));  // of one rate there is one
  CHECK(Has(run.out, "50/s  predicted"));
  CHECK(Has(run.out, "workers now"));
}

TEST_CASE("SaysWhatIsWrongWithTheStatusPort") {
  const test::ServerProcess server(kServer);
  const auto run = [&](const std::string& status) {
    return Staff({server.Address(), "--status", status, "--rates", "10", "--duration", "1"});
  };
  const test::Finished echo = run(server.Address());  // answers, and not as a status port does
  CHECK(echo.status == 1);
  CHECK(Has(echo.err, "does not speak HTTP"));
  CHECK(Has(echo.err, "give the address of the server's --status"));
  const test::ServerProcess other(kServer);
  const test::Finished idle = run(test::StatusAddress(other));
  CHECK(idle.status == 1);
  CHECK(Has(idle.err, "no message came to a worker of the server that --status is of"));
}

// The first message of a schedule is due at once, and so in the warm-up.
TEST_CASE("SaysThatNoMessageWasDue") {
  const test::ServerProcess server(kServer);
  const test::Finished run =
      Staff({server.Address(), "--status", test::StatusAddress(server), "--rates", "0.001",
             "--duration", "1", "--warmup", "0.2", "--connections", "2"});
  CHECK(run.status == 1);
  CHECK(run.err ==
        "switchboard-load: no message was due in the 1 s that were measured at 0.001/s; give a "
        "longer --duration\n");
}

// The second rate, or one after it on a machine that is slow to kill.
TEST_CASE("WhatWasMeasuredBeforeTheServerDiedIsKept") {
  constexpr int kConnections = 20;
  test::ServerProcess server(kServer);
  const test::TempFolder folder;
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  test::ServerProcess run = test::ServerProcess::WithoutWaiting(
      {"staff", server.Address(), "--status", test::StatusAddress(server), "--rates",
       "200,201,202,203,204,205,206,207,208,209,210,211,212,213", "--duration", "2", "--warmup",
       "0.2", "--connections", std::to_string(kConnections), "--json", folder / "staff.json",
       "--html", folder / "staff.html"},
      spawn);
  REQUIRE(server.Reaches("accepted", 2 * kConnections));
  server.Signal(SIGKILL);
  CHECK(run.WaitForExit() == 0);
  CAPTURE(run.Err());
  const std::string warning = "the measurement ended early, at 2";
  CHECK(Has(run.Out(), "warning: " + warning));
  CHECK(Has(test::Contents(folder / "staff.html"), warning));
  const Json json = Json::Parse(test::Contents(folder / "staff.json"));
  const Json::Array& rates = json["rates"].AsArray();
  CHECK(rates.size() >= 1);
  CHECK(rates.size() < 14);
  CHECK(rates[0]["rate"].AsNumber() == 200);
  REQUIRE(json["warnings"].AsArray().size() == 1);
  CHECK(Has(json["warnings"].AsArray()[0].AsString(), warning));
}

// With 20 connections, at a rate after another.
Words Rates(const test::ServerProcess& server, const std::string& rates, const Words& more) {
  Words words{"staff",         server.Address(),
              "--status",      test::StatusAddress(server),
              "--rates",       rates,
              "--connections", "20",
              "--target",      "80%/7ms"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

test::ServerProcess Started(const Words& words) {
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  return test::ServerProcess::WithoutWaiting(words, spawn);
}

TEST_CASE("CtrlCShowsWhatWasMeasuredOfTheRateUnderWay") {
  test::ServerProcess server(kServer);
  const test::TempFolder folder;
  test::ServerProcess run =
      Started(Rates(server, "200,300,400",
                    {"--duration", "600", "--warmup", "0.2", "--json", folder / "staff.json",
                     "--html", folder / "staff.html"}));
  // Some seconds' worth: an interval takes sixteen looks, ten a second.
  REQUIRE(server.Reaches("bytes_in", 5 * 200 * 64));
  run.Signal(SIGINT);
  CHECK(run.WaitForExit() == 7);
  CAPTURE(run.Err());
  CAPTURE(run.Out());
  CHECK(run.Err() == "");
  CHECK(Has(run.Out(), "warning: interrupted after "));
  CHECK(Has(run.Out(), " s of 200/s; 2 rates were not measured\n"));
  CHECK(Has(run.Out(), "\ncut off   measured"));
  CHECK(Has(test::Contents(folder / "staff.html"), "measured, cut off"));
  const Json json = Json::Parse(test::Contents(folder / "staff.json"));
  CHECK(json["interrupted"].AsBool());
  const Json::Array& rates = json["rates"].AsArray();
  REQUIRE(rates.size() == 1);
  CHECK(rates[0]["interrupted"].AsBool());
  CHECK(rates[0]["seconds"].AsNumber() < 60);
  CHECK_FALSE(rates[0]["mean_wait_us"]["low"].IsNull());
  CheckFigures(rates[0]);
}

TEST_CASE("CtrlCTooSoonSaysSoAndKeepsTheRatesBefore") {
  test::ServerProcess server(kServer);
  const test::TempFolder folder;
  test::ServerProcess first = Started(Rates(server, "200,300", {"--warmup", "600"}));
  REQUIRE(server.Reaches("accepted", 20));
  first.Signal(SIGINT);
  CHECK(first.WaitForExit() == 1);
  CHECK(first.Err() == "switchboard-load: interrupted at 200/s, too soon to say anything of it\n");

  test::ServerProcess second = Started(Rates(
      server, "200,300,400", {"--duration", "2", "--warmup", "2", "--json", folder / "json"}));
  REQUIRE(server.Reaches("accepted", 20 + 2 * 20 + 1));  // the probe of the first is one more
  second.Signal(SIGINT);
  CHECK(second.WaitForExit() == 7);
  CAPTURE(second.Out());
  CHECK(
      Has(second.Out(), "warning: interrupted at 300/s, too soon to say anything of it; 1 rate "));
  const Json json = Json::Parse(test::Contents(folder / "json"));
  CHECK(json["interrupted"].AsBool());
  REQUIRE(json["rates"].AsArray().size() == 1);
  CHECK_FALSE(json["rates"].AsArray()[0]["interrupted"].AsBool());
}

TEST_CASE("RefusesAMeasurementThatMakesNoSense") {
  const auto refused = [](const Words& words) {
    const test::Finished run = Staff(words);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    return run.err;
  };
  CHECK(Has(refused({"127.0.0.1:1"}), "--rates 200,400"));
  CHECK(Has(refused({"--rates", "10"}), "say which server"));
  CHECK(Has(refused({"127.0.0.1:1", "--rates", "10"}), "--status 9100"));
  CHECK(Has(refused({"--rates", "10", "--command", "server {port}"}), "needs {status}"));
  CHECK(Has(refused({"--rates", "10", "--command", "server {status}"}), "needs {port}"));
  CHECK(Has(refused({"127.0.0.1:1", "127.0.0.1:2", "--status", "3", "--rates", "10"}), "one HOST"));
  CHECK(Has(refused({"--rate", "8", "--service", "1ms", "--html", "x"}),
            "--html is for what is measured"));
  CHECK(Has(refused({"127.0.0.1:1", "--status", "", "--rates", "10"}), "--status cannot be ''"));
  CHECK(Has(refused({"--command", "", "--rates", "10"}), "--command cannot be ''"));
  for (const char* rates : {"", "0", "10,", "10,x", "-1", "1e99"}) {
    CAPTURE(rates);
    CHECK(Has(refused({"127.0.0.1:1", "--status", "3", "--rates", rates}), "--rates cannot be"));
  }
  for (const char* within : {"0%", "5", "60%", "x"}) {
    CHECK(Has(refused({"127.0.0.1:1", "--within", within}), "--within cannot be"));
  }
  for (const char* option : {"--rate", "--service", "--cv", "--workers", "--lines"}) {
    CAPTURE(option);
    CHECK(Has(refused({"127.0.0.1:1", "--status", "3", "--rates", "10", option, "1"}),
              std::string(option) + " is for the formulas alone"));
  }
}

}  // namespace
}  // namespace switchboard::load
