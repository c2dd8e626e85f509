// What the harness reads from a server's status port: the figures of a real one, and a sentence
// where it is none, or does not answer as one.

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "bench/load/status/http_get.h"
#include "bench/load/status/server_status.h"
#include "bench/load/status/times.h"
#include "tests/load/support.h"
#include "tests/support/client.h"
#include "tests/support/http.h"
#include "tests/support/server_process.h"
#include "tests/support/wait.h"

namespace switchboard::load {
namespace {

constexpr int64_t kPatienceMs = test::kPatience.count();
constexpr const char* kWayOut = "give the address of the server's --status";

// The sentence of the exception of that type that `call` throws; empty if it throws none.
template <typename Error, typename Call>
std::string Thrown(Call call) {
  try {
    call();
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

std::string Answer(std::string_view body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + std::string(body);
}

// What the reader says of a server that answers this to whatever it is asked, and hangs up.
std::string SaidOf(const std::string& answer) {
  const TestServer server([&](TestCaller& caller, std::string_view) {
    caller.Send(answer);
    caller.HangUp();
  });
  return Thrown<std::runtime_error>([&] { ServerStatus(server.target()).Read(kPatienceMs); });
}

constexpr const char* kOneService =
    R"({"services":[{"name":"echo","pool":"workers","reads":7,)"
    R"("service_time":{"count":4,"sum_ns":4000000,"steps":[[170,3],[171,1]]}}],)"
    R"("pools":[{"name":"workers","workers":4,"busy":1,"queued":2,)"
    R"("queue_wait":{"count":0,"sum_ns":0,"steps":[]}}]})";

TimeHistogram Of(std::initializer_list<int64_t> times_ns) {
  TimeHistogram times;
  for (const int64_t ns : times_ns) {
    ++times.counts[static_cast<size_t>(TimeHistogram::StepOf(ns))];
    times.sum_ns += static_cast<uint64_t>(ns);
  }
  return times;
}

TEST_CASE("ReadsEachServiceAndPool") {
  const ServerFigures figures = ParseServerFigures(kOneService);
  REQUIRE(figures.services.size() == 1);
  REQUIRE(figures.pools.size() == 1);
  CHECK(figures.services[0].name == "echo");
  CHECK(figures.services[0].pool == "workers");
  CHECK(figures.services[0].reads == 7);
  CHECK(figures.services[0].times.counts[170] == 3);
  CHECK(MeanNs(figures.services[0].times) == 1e6);
  CHECK(figures.pools[0].workers == 4);
  CHECK(figures.pools[0].busy == 1);
  CHECK(figures.pools[0].queued == 2);
  CHECK(figures.pools[0].waits.count() == 0);
}

TEST_CASE("RefusesWhatIsNoStatus") {
  const std::string whole = kOneService;
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS(ParseServerFigures(whole.substr(0, size)), std::invalid_argument);
  }
  for (const auto& [good, bad] : {std::pair<std::string, std::string>{"[170,3]", "[99999,3]"},
                                  {"[170,3]", "[170]"},
                                  {"[170,3]", "[-1,3]"},
                                  {"[170,3]", "170"},
                                  {"\"count\":4", "\"count\":5"},
                                  {"\"count\":4", "\"count\":4.5"},
                                  {"\"workers\":4", "\"workers\":\"4\""},
                                  {"\"pools\"", "\"pool\""},
                                  {"\"reads\":7", "\"reads\":null"}}) {
    std::string text = whole;
    text.replace(text.find(good), good.size(), bad);
    CAPTURE(text);
    CHECK_THROWS_AS(ParseServerFigures(text), std::invalid_argument);
  }
}

TEST_CASE("TakesTheBodyOfAWholeAnswerOnly") {
  const std::string whole = Answer("{}");
  CHECK(BodyOf(whole) == "{}");
  CHECK(BodyOf(whole + "more") == "{}");
  CHECK(BodyOf("HTTP/1.0 200 OK\r\n\r\nto the end") == "to the end");
  CHECK(BodyOf("HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\n{}") == "{}");
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS((void)BodyOf(whole.substr(0, size)), std::runtime_error);
  }
}

TEST_CASE("SaysWhatIsWrongWithAnAnswer") {
  CHECK(Has(SaidOf(Answer("nothing here", "404 Not Found")), "answered '404 Not Found'"));
  CHECK(Has(SaidOf(Answer("", "503 Service Unavailable")), "answered '503 Service Unavailable'"));
  CHECK(Has(SaidOf("hello from server\r\n\r\n"), "does not speak HTTP"));
  CHECK(Has(SaidOf(""), "does not speak HTTP"));
  CHECK(Has(SaidOf(Answer("<html>")), "is not that of Switchboard (not JSON at byte 0"));
  CHECK(Has(SaidOf(Answer("{}")), "is not that of Switchboard (a JSON object has no member"));
  const std::string whole = Answer(kOneService);
  CHECK(Has(SaidOf(whole.substr(0, whole.size() - 1)), "hung up after "));
  CHECK(Has(SaidOf(whole.substr(0, 20)), "hung up within the head"));
  CHECK(Has(SaidOf(Answer(std::string(kMostAnswerBytes, ' '))), "more than 4.19 MB"));
  CHECK(SaidOf(whole).empty());
  CHECK(Has(SaidOf(""), kWayOut));
}

TEST_CASE("SaysAtOnceThatAnEchoIsNoAnswer") {
  const TestServer echo(Echo);  // and does not hang up
  const std::string said =
      Thrown<std::runtime_error>([&] { ServerStatus(echo.target()).Read(kPatienceMs); });
  CHECK(Has(said, "does not speak HTTP"));
}

TEST_CASE("WaitsForAnAnswerNoLongerThanItMay") {
  const TestServer silent([](TestCaller&, std::string_view) {});
  const ServerStatus status(silent.target());
  const std::string said = Thrown<std::runtime_error>([&] { status.Read(50); });
  CHECK(Has(said, "has not answered in 0.05 s"));
}

TEST_CASE("SaysThatNobodyAnswers") {
  std::string gone;
  {
    const TestServer server(Echo);
    gone = server.target();
  }
  const std::string said = Thrown<std::runtime_error>([&] { ServerStatus(gone).Read(); });
  CHECK(Has(said, "the status port at " + gone + " does not answer: Connection refused"));
  CHECK(Has(said, kWayOut));
  CHECK(Has(Thrown<std::runtime_error>([&] { ServerStatus(gone).ReadAgain(); }),
            "; it has answered before, so the server has gone or stands still"));
  CHECK(Has(Thrown<std::runtime_error>([] { ServerStatus("unix:/no/such/file").Read(); }),
            "No such file"));
}

TEST_CASE("RefusesWhatIsNoAddress") {
  for (const char* text : {"", "127.0.0.1:0", "0", "host:port", "99999", "unix:"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(ServerStatus{text}, std::invalid_argument);
  }
}

TEST_CASE("KnowsWhatCameBetweenTwoLooks") {
  const TimeHistogram first = Of({1000, 5000}), then = Of({1000, 5000, 5000, 9000});
  const TimeHistogram between = Difference(then, first);
  CHECK(between.count() == 2);
  CHECK(MeanNs(between) == 7000);
  const std::string said = Thrown<std::runtime_error>([&] { Difference(first, then); });
  CHECK(Has(said, "was it started anew?"));

  const ServerFigures figures = ParseServerFigures(kOneService);
  CHECK(Difference(figures, figures).services[0].times.count() == 0);
  CHECK(Difference(figures, figures).services[0].reads == 0);
  ServerFigures other = figures;
  other.pools[0].name = "discard";
  CHECK_THROWS_AS(Difference(other, figures), std::runtime_error);
  other = figures;
  other.services.clear();
  CHECK_THROWS_AS(Difference(other, figures), std::runtime_error);
}

TEST_CASE("KnowsHowTimesDiffer") {
  CHECK(MeanNs({}) == 0);
  CHECK(CoefficientOfVariation({}) == 0);
  CHECK(CoefficientOfVariation(Of({5'000'000, 5'000'000})) == 0);
  // Half of them 1 ms and half 3 ms: a deviation of 1 from a mean of 2.
  CHECK(CoefficientOfVariation(Of({1'000'000, 3'000'000})) == doctest::Approx(0.5).epsilon(0.03));
  TimeHistogram exponential;
  for (int i = 0; i < 100'000; ++i) {
    const auto ns = static_cast<int64_t>(-5e6 * std::log((i + 0.5) / 100'000));
    ++exponential.counts[static_cast<size_t>(TimeHistogram::StepOf(ns))];
  }
  CHECK(CoefficientOfVariation(exponential) == doctest::Approx(1).epsilon(0.01));
  for (const double ns : {1e6, 5e6, 20e6}) {
    CAPTURE(ns);
    CHECK(CountBeyond(exponential, ns) / 100'000 ==
          doctest::Approx(std::exp(-ns / 5e6)).epsilon(0.01));
  }
}

TEST_CASE("CountsBeyondATimeInTheMiddleOfAStep") {
  const TimeHistogram times = Of({200'000, 200'000, 1'000'000});
  CHECK(CountBeyond(times, 0) == 3);
  CHECK(CountBeyond(times, 200'000) == 1);                   // the end of a step
  CHECK(CountBeyond(times, 196'000) == doctest::Approx(2));  // 192 to 200 us is one
  CHECK(CountBeyond(times, 1e12) == 0);
}

TEST_CASE("ReadsARealServer") {
  const test::ServerProcess server({"--listen", "127.0.0.1:0", "--greeting", "", "--workers", "3",
                                    "--service-time", "2ms", "--status", "127.0.0.1:0"});
  const ServerStatus status(test::StatusAddress(server));
  const ServerFigures before = status.Read(kPatienceMs);
  REQUIRE(before.pools.size() == 1);
  CHECK(before.pools[0].workers == 3);
  test::Client caller(server.Address());
  for (int i = 0; i < 5; ++i) CHECK(caller.Echo("hello") == "hello");
  ServerFigures between;
  const auto counted = [&] {
    between = Difference(status.Read(kPatienceMs), before);
    return between.services[0].times.count() == 5;
  };
  CHECK(test::WaitFor(counted));  // a turn is counted after its echo
  CHECK(between.services[0].reads == 5);
  CHECK(between.pools[0].waits.count() == 5);
  CHECK(MeanNs(between.services[0].times) >= 2e6);
}

}  // namespace
}  // namespace switchboard::load
