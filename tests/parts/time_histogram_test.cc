// How times are sorted into steps, and what is read from them.

#include "switchboard/time_histogram.h"

#include <doctest/doctest.h>

#include <cstdint>

#include "src/books/counters.h"

namespace switchboard::test {
namespace {

constexpr int64_t kUs = 1000;

TEST_CASE("EachStepEndsWhereTheNextBegins") {
  for (int step = 0; step + 1 < TimeHistogram::kSteps; ++step) {
    CAPTURE(step);
    const int64_t end = TimeHistogram::EndOf(step);
    CHECK(TimeHistogram::StepOf(end) == step);
    CHECK(TimeHistogram::StepOf(end + 1) == step + 1);
  }
}

TEST_CASE("AStepIsAtMostASixteenthOfItsTime") {
  for (int step = TimeHistogram::kStepsPerOctave; step < TimeHistogram::kSteps; ++step) {
    CAPTURE(step);
    const int64_t begin = TimeHistogram::EndOf(step - 1), end = TimeHistogram::EndOf(step);
    CHECK((end - begin) * TimeHistogram::kStepsPerOctave <= begin + 16);  // rounded to whole ns
  }
}

TEST_CASE("EveryPowerOfTwoInMicrosecondsIsTheEndOfAStep") {
  for (int64_t end = kUs; end <= (kUs << 36); end *= 2) {
    CHECK(TimeHistogram::EndOf(TimeHistogram::StepOf(end)) == end);
  }
}

TEST_CASE("TheFirstAndTheLastStepTakeWhateverIsBeyond") {
  CHECK(TimeHistogram::StepOf(INT64_MIN) == 0);
  CHECK(TimeHistogram::StepOf(0) == 0);
  CHECK(TimeHistogram::StepOf(INT64_MAX) == TimeHistogram::kSteps - 1);
}

TEST_CASE("PercentilesAreTheEndsOfSteps") {
  TimeHistogram times;
  CHECK(times.PercentileNs(50) == 0);
  TimeCounter counter;
  counter.Add(8 * kUs, 98);
  counter.Add(1024 * kUs);
  counter.Add(4096 * kUs);
  counter.AddTo(times);
  CHECK(times.count() == 100);
  CHECK(times.sum_ns == (98 * 8 + 1024 + 4096) * kUs);
  CHECK(times.PercentileNs(0) == 8 * kUs);
  CHECK(times.PercentileNs(50) == 8 * kUs);
  CHECK(times.PercentileNs(98) == 8 * kUs);
  CHECK(times.PercentileNs(99) == 1024 * kUs);
  CHECK(times.PercentileNs(100) == 4096 * kUs);
  CHECK(times.CountUpTo(8 * kUs - 1) == 0);
  CHECK(times.CountUpTo(8 * kUs) == 98);
  CHECK(times.CountUpTo(1024 * kUs) == 99);
  CHECK(times.CountUpTo(INT64_MAX) == 100);
}

TEST_CASE("HistogramsAreAddedUp") {
  TimeCounter counter;
  counter.Add(3 * kUs, 2);
  TimeHistogram one, both;
  counter.AddTo(one);
  both.Add(one);
  both.Add(one);
  CHECK(both.count() == 4);
  CHECK(both.sum_ns == 12 * kUs);
}

}  // namespace
}  // namespace switchboard::test
