// Where the mean round trip went: what is delayed shows in its own part.
//
// A loaded machine makes every part longer, so the delays are long beside that, and what is checked
// of a part that nobody delayed is only that it is not the one that was.

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "bench/load/show/json.h"
#include "bench/load/show/page/html.h"
#include "bench/load/show/text.h"
#include "bench/load/status/status_watch.h"
#include "tests/load/support.h"
#include "tests/support/http.h"
#include "tests/support/server_process.h"
#include "tests/support/strace.h"

namespace switchboard::load {
namespace {

using Words = test::ServerProcess::Options;

constexpr double kDelayNs = 40e6;
constexpr const char* kDelay = "40ms";
constexpr uint64_t kMessages = 25;

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

Words WithStatus(const Words& more) {
  Words words = {"--greeting", "", "--listen", "127.0.0.1:0", "--status", "127.0.0.1:0"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

struct Watched {
  Report report;
  Anatomy anatomy;
};

// What is measured of `connections` callers, each with one message in flight.
Watched Watch(const test::ServerProcess& server, int connections = 1) {
  StatusWatch watch(test::StatusAddress(server));
  Options options = CountedRun(server.Address(), kMessages * static_cast<uint64_t>(connections));
  options.connections = connections;
  Watched watched{.report = RunLoad(options, nullptr, &watch), .anatomy = {}};
  const std::optional<ServerFigures> meanwhile = watch.Meanwhile();
  REQUIRE(meanwhile);
  const auto anatomy = AnatomyOf(*meanwhile, watched.report.latency.MeanNs());
  REQUIRE(anatomy);
  watched.anatomy = *anatomy;
  return watched;
}

// The server is asked a moment late, and counts a turn when it is over: of so few messages the
// means are exact to a fifth.
void CheckShows(double Anatomy::*delayed, const Watched& watched) {
  const Anatomy& anatomy = watched.anatomy;
  CHECK(anatomy.reads > kMessages / 2);
  CHECK(anatomy.round_trip_ns >= 0.8 * kDelayNs);
  CHECK(anatomy.*delayed >= 0.8 * kDelayNs);
  for (const AnatomyPart& part : kAnatomyParts) {
    CAPTURE(part.key);
    if (part.ns != delayed) CHECK(anatomy.*part.ns < anatomy.*delayed);
  }
}

TEST_CASE("AServiceThatTakesItsTimeShowsAsService") {
  const test::ServerProcess server(
      WithStatus({"--workers", "1", "--service-time", kDelay, "--time-writes"}));
  const Watched watched = Watch(server);
  CheckShows(&Anatomy::service_ns, watched);
  CHECK(watched.anatomy.write_known);
}

// Three callers and one worker: each message waits for two others.
TEST_CASE("AWorkerThatIsBusyShowsAsQueue") {
  const test::ServerProcess server(WithStatus({"--workers", "1", "--service-time", kDelay}));
  const Watched watched = Watch(server, 3);
  CHECK_FALSE(watched.anatomy.write_known);
  CHECK(watched.anatomy.queue_ns >= kDelayNs);
  CHECK(watched.anatomy.reactor_ns < watched.anatomy.queue_ns);
}

void CheckDelayedCall(const char* call, double Anatomy::*part) {
  const test::ServerProcess server(WithStatus({"--workers", "1", "--time-writes"}));
  test::Strace strace(server.pid(), {std::string("--inject=") + call + ":delay_enter=40000"});
  if (!strace.Attached()) {
    MESSAGE("left out: this machine does not permit strace");
    return;
  }
  CheckShows(part, Watch(server));
}

// The reactor reads and the worker writes, and neither does the other.
TEST_CASE("ADelayedReactorShowsAsReactor") { CheckDelayedCall("recvfrom", &Anatomy::reactor_ns); }
TEST_CASE("ADelayedWriteShowsAsWrite") { CheckDelayedCall("sendto", &Anatomy::write_ns); }

test::Finished Run(const Words& words) {
  test::Spawn spawn;
  spawn.program = SWITCHBOARD_LOAD;
  return test::RunToEnd(words, spawn);
}

TEST_CASE("TheProgramShowsIt") {
  const test::ServerProcess server(WithStatus({"--time-writes"}));
  const std::string status = test::StatusAddress(server);
  const test::Finished run =
      Run({"-n", "300", "--greeting", "none", "--anatomy", "--status", status, server.Address()});
  CHECK(Has(run.out, "in the mean: reactor "));
  CHECK(Has(run.out, ", write "));
  const test::Finished wrong = Run({"--anatomy", "--status", "127.0.0.1:0", server.Address()});
  CHECK(wrong.status == 2);
  CHECK(Has(wrong.err, "--status '127.0.0.1:0'"));
  const test::Finished echo = Run({"--anatomy", "--status", server.Address(), server.Address()});
  CHECK(echo.status == 1);
  CHECK(Has(echo.err, "give the address of the server's --status"));
}

TEST_CASE("TheStatusOfAnotherServerIsNoAnatomy") {
  const test::ServerProcess server(WithStatus({})), other(WithStatus({}));
  const test::Finished run = Run({"-n", "300", "--greeting", "none", "--anatomy", "--status",
                                  test::StatusAddress(other), "--json", "-", server.Address()});
  CAPTURE(run.err);
  const Json report = Json::Parse(run.out);
  CHECK(report["anatomy"].IsNull());
  REQUIRE(report["warnings"].AsArray().size() == 1);
  CHECK(Has(report["warnings"].AsArray()[0].AsString(),
            "no message of this run came to the server whose status was read"));
}

// ---- What is made of it.

ServerFigures Figures() {
  ServerFigures figures;
  ServiceFigures& echo = figures.services.emplace_back();
  echo.name = "echo";
  echo.reads = 10;
  echo.times.counts[0] = echo.writes.counts[0] = 10;
  echo.times.sum_ns = 300'000;
  echo.writes.sum_ns = 100'000;
  figures.services.emplace_back().name = "idle";
  PoolFigures& pool = figures.pools.emplace_back();
  pool.reactor.sum_ns = 50'000;
  pool.waits.sum_ns = 400'000;
  return figures;
}

TEST_CASE("ThePartsAreMeansOfAReadAndTheRestIsWhatIsLeft") {
  const auto anatomy = AnatomyOf(Figures(), 100'000);
  REQUIRE(anatomy);
  CHECK(anatomy->reads == 10);
  CHECK(anatomy->reactor_ns == 5'000);
  CHECK(anatomy->queue_ns == 40'000);
  CHECK(anatomy->service_ns == 20'000);
  CHECK(anatomy->write_ns == 10'000);
  CHECK(anatomy->RestNs() == 25'000);
  CHECK_FALSE(AnatomyOf(ServerFigures(), 100'000));
}

Report WithAnatomy(const ServerFigures& figures) {
  Report report = GoodReport();
  report.anatomy = AnatomyOf(figures, 100'000);
  Judge(report);
  return report;
}

TEST_CASE("ItStandsInEveryViewOfAReport") {
  const Report report = WithAnatomy(Figures());
  CHECK(Has(ToText(report),
            "anatomy    100 us in the mean: reactor 5.00 us, queue 40.0 us, service 20.0 us, write "
            "10.0 us, rest 25.0 us\n"));
  const std::string page = ToHtml(report);
  CHECK(Has(page, "aria-label=\"reactor 5 %, queue 40 %, service 20 %, write 10 %, rest 25 %\""));
  CHECK(Has(page, "<h2>Anatomy</h2>"));
  const Json json = Json::Parse(ToJson(report).ToString());
  CHECK(json["anatomy"]["reads"].AsUnsigned() == 10);
  CHECK(json["anatomy"]["queue_us"].AsNumber() == 40);
  CHECK(json["anatomy"]["rest_us"].AsNumber() == 25);
  CHECK(ToJson(FromJson(json)).ToString() == ToJson(report).ToString());
}

TEST_CASE("WithoutTimedWritesTheServiceHasThem") {
  ServerFigures figures = Figures();
  figures.services[0].writes = {};
  const Report report = WithAnatomy(figures);
  CHECK(Has(ToText(report), "service and write 30.0 us, rest 25.0 us\n"));
  CHECK(Has(ToHtml(report), "service and write 30 %"));
  const Json json = Json::Parse(ToJson(report).ToString());
  CHECK(json["anatomy"]["write_us"].IsNull());
  CHECK(ToJson(FromJson(json)).ToString() == ToJson(report).ToString());
}

TEST_CASE("WhatWasNotAskedForIsNotSaid") {
  Report report = GoodReport();
  Judge(report);
  CHECK_FALSE(Has(ToText(report), "anatomy"));
  CHECK_FALSE(Has(ToHtml(report), "Anatomy"));
  CHECK(ToJson(report)["anatomy"].IsNull());
  Report wrong = WithAnatomy(Figures());
  wrong.verification.damage.corrupted = 1;
  CHECK(ToJson(wrong)["anatomy"].IsNull());
  CHECK_FALSE(Has(ToHtml(wrong), "<h2>Anatomy</h2>"));
}

TEST_CASE("AServerThatDoesNotAnswerIsSaidBeforeAnybodyIsCalled") {
  const TestServer echo(Echo);
  CHECK_THROWS_AS(StatusWatch(echo.target()), std::runtime_error);
}

}  // namespace
}  // namespace switchboard::load
