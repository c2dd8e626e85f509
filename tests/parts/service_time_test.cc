// Times by chance, and a service that takes them. Seeds decide all that is drawn here.

#include "src/services/service_time.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/base/distribution.h"

namespace switchboard {
namespace {

constexpr int kDraws = 200'000;

struct Moments {
  double mean_us = 0, deviation_us = 0;
  int64_t least_ns = INT64_MAX, most_ns = 0;
};

Moments MomentsOf(const char* text, uint64_t seed = 7) {
  const Distribution distribution(text);
  double sum = 0, squares = 0;
  Moments moments;
  for (int i = 0; i < kDraws; ++i) {
    const int64_t ns = distribution.DrawNs(seed, static_cast<uint64_t>(i));
    const double us = static_cast<double>(ns) / 1e3;
    sum += us;
    squares += us * us;
    moments.least_ns = std::min(moments.least_ns, ns);
    moments.most_ns = std::max(moments.most_ns, ns);
  }
  moments.mean_us = sum / kDraws;
  moments.deviation_us = std::sqrt(squares / kDraws - moments.mean_us * moments.mean_us);
  return moments;
}

TEST_CASE("DrawsWhatItIsAskedFor") {
  const Moments constant = MomentsOf("5ms");
  CHECK(constant.least_ns == 5'000'000);
  CHECK(constant.most_ns == 5'000'000);

  const Moments exponential = MomentsOf("exp:5ms");
  CHECK(exponential.mean_us == doctest::Approx(5000).epsilon(0.01));
  CHECK(exponential.deviation_us == doctest::Approx(5000).epsilon(0.02));

  const Moments uniform = MomentsOf("uniform:1ms-9ms");
  CHECK(uniform.mean_us == doctest::Approx(5000).epsilon(0.01));
  CHECK(uniform.deviation_us == doctest::Approx(8000 / std::sqrt(12)).epsilon(0.01));
  CHECK(uniform.least_ns >= 1'000'000);
  CHECK(uniform.most_ns <= 9'000'000);

  // The variance of a lognormal is its squared mean times exp(shape^2) - 1.
  const Moments lognormal = MomentsOf("lognormal:5ms:0.5");
  CHECK(lognormal.mean_us == doctest::Approx(5000).epsilon(0.01));
  CHECK(lognormal.deviation_us ==
        doctest::Approx(5000 * std::sqrt(std::expm1(0.25))).epsilon(0.03));
  CHECK(MomentsOf("lognormal:1h:4").most_ns <= 86'400'000'000'000);
}

TEST_CASE("ASeedDrawsTheSameAndAnotherDrawsOthers") {
  for (const char* text : {"exp:5ms", "uniform:1us-1h", "lognormal:5ms:2"}) {
    const Distribution one(text), same(text);
    int different = 0;
    for (uint64_t i = 0; i < 1000; ++i) {
      CHECK(one.DrawNs(1, i) == same.DrawNs(1, i));
      if (one.DrawNs(1, i) != one.DrawNs(2, i)) ++different;
    }
    CAPTURE(text);
    CHECK(different > 990);
  }
}

// What a turn of the wrapped service does is counted by it.
class Counting : public Service {
 public:
  Traits traits() const override { return {.speaks_first = true, .may_block = false}; }
  Next OnOpen(Call&) override { return ++opened, Next::kRead; }
  Next OnRead(Call&) override { return ++read, Next::kHangUp; }
  Next OnContinue(Call&) override { return ++continued, Next::kContinue; }
  void GiveUp() override { ++gave_up; }
  void OnClose(uint64_t) override { ++closed; }

  std::atomic<int> opened = 0, read = 0, continued = 0, gave_up = 0, closed = 0;
};

struct Wrapped {
  explicit Wrapped(const std::string& time) {
    Options options;
    options.service_times[""] = time;
    Services services{{"counting", inner}};
    WrapServicesThatTakeTime(options, services);
    outer = services["counting"];
  }
  Next Read() {
    char byte = 'x';
    uint64_t state = 0;
    Call call({&byte, 1}, 1, state);
    return outer->OnRead(call);
  }

  std::shared_ptr<Counting> inner = std::make_shared<Counting>();
  std::shared_ptr<Service> outer;
};

TEST_CASE("WhoSleepsMayBlockAndWhoComputesDoesNot") {
  CHECK(Wrapped("5ms").outer->traits().may_block);
  CHECK_FALSE(Wrapped("cpu:5ms").outer->traits().may_block);
  CHECK(Wrapped("5ms").outer->traits().speaks_first);
}

TEST_CASE("PassesEverythingOnToTheServiceThatItWraps") {
  Wrapped wrapped("1us");
  uint64_t state = 0;
  Call call({}, 0, state);
  CHECK(wrapped.outer->OnOpen(call) == Next::kRead);
  CHECK(wrapped.Read() == Next::kHangUp);
  CHECK(wrapped.outer->OnContinue(call) == Next::kContinue);
  wrapped.outer->OnClose(0);
  wrapped.outer->GiveUp();
  CHECK(wrapped.inner->opened == 1);
  CHECK(wrapped.inner->read == 1);
  CHECK(wrapped.inner->continued == 1);
  CHECK(wrapped.inner->closed == 1);
  CHECK(wrapped.inner->gave_up == 1);
}

// Those under way, and those that come later; each would take an hour.
TEST_CASE("NobodyTakesItsTimeAnyMoreOnceItHasGivenUp") {
  for (const char* time : {"1h", "cpu:1h"}) {
    Wrapped wrapped(time);
    std::vector<std::thread> workers;
    for (int i = 0; i < 3; ++i) {
      workers.emplace_back([&] {
        uint64_t state = 0;
        Call call({}, 0, state);
        wrapped.outer->OnRead(call);
      });
    }
    wrapped.outer->GiveUp();
    for (std::thread& worker : workers) worker.join();
    CHECK(wrapped.Read() == Next::kHangUp);
  }
}

TEST_CASE("OnlyTheServiceThatIsNamedTakesTime") {
  Options options;
  options.service_times["slow"] = "5ms";
  const auto slow = std::make_shared<Counting>(), quick = std::make_shared<Counting>();
  Services services{{"slow", slow}, {"quick", quick}};
  WrapServicesThatTakeTime(options, services);
  CHECK(services["slow"] != slow);
  CHECK(services["quick"] == quick);
  options.service_times.clear();
  services["slow"] = slow;
  WrapServicesThatTakeTime(options, services);
  CHECK(services["slow"] == slow);
}

}  // namespace
}  // namespace switchboard
