// The formulas of call centres, against exact fractions that exact_formulas.py has computed.

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "bench/load/staff/formulas.h"

namespace switchboard::load {
namespace {

struct ExactErlang {
  int64_t servers;
  double load;
  double b, c;  // c is 0 where there is none
};
struct ExactErlangA {
  int64_t servers;
  double rate, service_s, patience_s, limit_s;
  double p_wait, mean_wait_s, p_wait_over_limit, p_served_in_limit, p_abandon;
};
#include "tests/load/exact_formulas.inc"

bool Near(double value, double exact, double relative) {
  return std::abs(value - exact) <= relative * std::abs(exact);
}

TEST_CASE("ErlangBAndCAreThoseOfTheTextbooks") {
  CHECK(ErlangB(10, 5) == doctest::Approx(0.0183846).epsilon(1e-5));
  CHECK(ErlangC(5, 4) == doctest::Approx(0.554113).epsilon(1e-5));
  CHECK(ErlangC(10, 8) == doctest::Approx(0.409180).epsilon(1e-5));
  CHECK(ErlangB(100, 90) == doctest::Approx(0.0269574).epsilon(1e-5));
}

TEST_CASE("ErlangBAndCAreExactUpTo500Servers") {
  for (const ExactErlang& exact : kErlang) {
    CAPTURE(exact.servers);
    CAPTURE(exact.load);
    CHECK(Near(ErlangB(exact.servers, exact.load), exact.b, 1e-12));
    if (exact.c > 0) CHECK(Near(ErlangC(exact.servers, exact.load), exact.c, 1e-12));
  }
}

TEST_CASE("ErlangBAndCAreExactForAMillionServers") {
  for (const ExactErlang& exact : kMillion) {
    CAPTURE(exact.load);
    CHECK(Near(ErlangB(exact.servers, exact.load), exact.b, 1e-9));
    if (exact.c > 0) CHECK(Near(ErlangC(exact.servers, exact.load), exact.c, 1e-9));
  }
}

TEST_CASE("ErlangAIsWhatTheStatesOfTheQueueSay") {
  for (const ExactErlangA& exact : kErlangA) {
    CAPTURE(exact.servers);
    CAPTURE(exact.rate);
    CAPTURE(exact.patience_s);
    const Waiting waiting = PredictWaiting({.rate = exact.rate,
                                            .service_s = exact.service_s,
                                            .patience_s = exact.patience_s,
                                            .limit_s = exact.limit_s},
                                           exact.servers);
    CHECK(waiting.ends);
    CHECK(Near(waiting.p_wait, exact.p_wait, 1e-12));
    CHECK(Near(waiting.mean_wait_s, exact.mean_wait_s, 1e-12));
    CHECK(Near(waiting.p_wait_over_limit, exact.p_wait_over_limit, 1e-12));
    CHECK(Near(waiting.p_served_in_limit, exact.p_served_in_limit, 1e-12));
    CHECK(Near(waiting.p_abandon, exact.p_abandon, 1e-12));
    CHECK(Near(
        waiting.utilisation,
        exact.rate * exact.service_s * (1 - exact.p_abandon) / static_cast<double>(exact.servers),
        1e-12));
  }
}

// Nobody loses patience: then the two are the same, however large they are.
TEST_CASE("ErlangAOfCallersWhoHardlyEverHangUpIsErlangC") {
  for (const int64_t servers : {1, 10, 1000, 1'000'000}) {
    const double n = static_cast<double>(servers);
    Demand demand{.rate = n - std::sqrt(n) / 2, .service_s = 1, .limit_s = 1 / std::sqrt(n)};
    const Waiting patient = PredictWaiting(demand, servers);
    demand.patience_s = 1e9;
    const Waiting waiting = PredictWaiting(demand, servers);
    CAPTURE(servers);
    CHECK(Near(waiting.p_wait, patient.p_wait, 1e-6));
    CHECK(Near(waiting.mean_wait_s, patient.mean_wait_s, 1e-6));
    CHECK(Near(waiting.p_wait_over_limit, patient.p_wait_over_limit, 1e-6));
    CHECK(waiting.p_abandon < 1e-6);
  }
}

// Twice as many callers as can be served: as many hang up as are too many.
TEST_CASE("ErlangAOfAnOverloadLosesWhatIsTooMuch") {
  for (const int64_t servers : {10'000, 1'000'000}) {
    const double n = static_cast<double>(servers);
    const Waiting waiting =
        PredictWaiting({.rate = 2 * n, .service_s = 1, .patience_s = 10, .limit_s = 1}, servers);
    CAPTURE(servers);
    CHECK(waiting.p_abandon == doctest::Approx(0.5).epsilon(1e-3));
    CHECK(waiting.p_wait == doctest::Approx(1));
    CHECK(waiting.utilisation == doctest::Approx(1));
    // All wait until the rest of them has hung up, 10 s * ln 2.
    CHECK(waiting.p_served_in_limit < 1e-6);
  }
}

// Nearly all wait until they hang up: what is left of 1 is far below its last digit.
TEST_CASE("ErlangAKnowsHowFewAreServedInTimeInADeepOverload") {
  const Demand demand{.rate = 800, .service_s = 0.005, .patience_s = 100, .limit_s = 0.02};
  for (const int64_t servers : {1, 2, 3}) {
    const Waiting waiting = PredictWaiting(demand, servers);
    CAPTURE(servers);
    CHECK(waiting.p_served_in_limit >= 0);
    CHECK(waiting.p_served_in_limit < 1e-300);
  }
  const Waiting waiting = PredictWaiting(demand, 1'000'000);
  CHECK(waiting.p_served_in_limit == 1);
}

TEST_CASE("AQueueWithMoreWorkThanWorkersGrowsWithoutEnd") {
  CHECK_FALSE(PredictWaiting({.rate = 4, .service_s = 1}, 4).ends);
  CHECK_FALSE(PredictWaiting({.rate = 5, .service_s = 1, .cv = 0}, 4).ends);
  CHECK(PredictWaiting({.rate = 3.999, .service_s = 1}, 4).ends);
}

// Pollaczek and Khinchine: load / (1 - load) * (1 + cv^2) / 2 services.
TEST_CASE("AllenCunneenIsExactForOneWorker") {
  for (const double load : {0.1, 0.5, 0.99}) {
    for (const double cv : {0.0, 0.5, 1.0, 3.0}) {
      const Waiting waiting = PredictWaiting({.rate = load, .service_s = 1, .cv = cv}, 1);
      CHECK(Near(waiting.mean_wait_s, load / (1 - load) * (1 + cv * cv) / 2, 1e-12));
      CHECK(waiting.p_wait == doctest::Approx(load));
      CHECK(AllenCunneenError({.rate = load, .service_s = 1, .cv = cv}, 1) == 0);
    }
  }
}

// M/D/5 of half and of four fifths, and M/D/20 of four fifths, as simulations of 1,000,000 callers
// had them: 0.587, 0.519 and 0.555 of Erlang C's wait.
TEST_CASE("HowFarAllenCunneenIsOffIsKnownForAConstantService") {
  const auto ratio = [](int64_t workers, double busy) {
    const Demand demand{.rate = busy * static_cast<double>(workers), .service_s = 1, .cv = 0};
    return (1 + AllenCunneenError(demand, workers)) / 2;
  };
  CHECK(ratio(5, 0.5) == doctest::Approx(0.587).epsilon(0.02));
  CHECK(ratio(5, 0.8) == doctest::Approx(0.519).epsilon(0.02));
  CHECK(ratio(20, 0.8) == doctest::Approx(0.555).epsilon(0.02));
}

}  // namespace
}  // namespace switchboard::load
