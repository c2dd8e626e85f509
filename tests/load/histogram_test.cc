// The histogram of the load harness.

#include "bench/load/measure/histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

namespace switchboard::load {
namespace {

std::vector<int64_t> RandomValues(int count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(std::log(100.0), std::log(3.6e12));
  std::vector<int64_t> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(static_cast<int64_t>(std::exp(exponent(random))));
  }
  return values;
}

TEST_CASE("KeepsThreeSignificantDigits") {
  for (const int64_t value : RandomValues(3'000, 1)) {
    Histogram histogram;
    histogram.Record(value);
    histogram.Record(Histogram::kHighestNs);  // so that the maximum does not hide the bucket's end
    const auto found = static_cast<double>(histogram.PercentileNs(50));
    CHECK(found >= static_cast<double>(value));
    CHECK(found <= static_cast<double>(value) * 1.001);
  }
}

TEST_CASE("EveryBucketHoldsItsOwnRange") {
  for (const int precision : {Histogram::kFine, Histogram::kCoarse}) {
    for (const int64_t value : RandomValues(2'000, 2)) {
      Histogram histogram(precision);
      histogram.Record(value);
      const auto [first, last] = histogram.BucketRangeNs(histogram.ToSparse().front().first);
      CHECK(first <= value);
      CHECK(value <= last);
      CHECK(static_cast<double>(last - first) <=
            std::ldexp(static_cast<double>(value), -precision));
    }
  }
}

TEST_CASE("PercentilesAreThoseOfTheSortedValues") {
  std::vector<int64_t> values = RandomValues(10'000, 3);
  Histogram histogram;
  for (const int64_t value : values) histogram.Record(value);
  std::sort(values.begin(), values.end());
  for (const double percent : {50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto rank = static_cast<size_t>(std::ceil(10'000 * percent / 100));
    const auto exact = static_cast<double>(values[rank - 1]);
    const auto found = static_cast<double>(histogram.PercentileNs(percent));
    CHECK(found >= exact);
    CHECK(found <= exact * 1.001);
  }
  CHECK(histogram.PercentileNs(100) == values.back());
  CHECK(histogram.min_ns() == values.front());
}

TEST_CASE("MergedHistogramsAreTheHistogramOfAllValues") {
  Histogram first, second, all;
  for (const int64_t value : RandomValues(3'000, 4)) {
    first.Record(value);
    all.Record(value);
  }
  for (const int64_t value : RandomValues(2'000, 5)) {
    second.Record(value);
    all.Record(value);
  }
  second.Record(1);
  all.Record(1);
  first.Merge(second);
  CHECK(first.ToSparse() == all.ToSparse());
  CHECK(first.count() == 5'001);
  CHECK(first.below() == 1);
  CHECK(first.sum_ns() == all.sum_ns());
  CHECK(first.max_ns() == all.max_ns());
  CHECK(first.min_ns() == 1);
  CHECK_THROWS_AS(first.Merge(Histogram(Histogram::kCoarse)), std::invalid_argument);
}

TEST_CASE("CountsWhatIsOutOfRangeApart") {
  Histogram histogram;
  histogram.Record(99);
  histogram.Record(100);
  histogram.Record(Histogram::kHighestNs);
  histogram.Record(Histogram::kHighestNs + 1);
  CHECK(histogram.count() == 4);
  CHECK(histogram.below() == 1);
  CHECK(histogram.above() == 1);
  CHECK(histogram.PercentileNs(25) == 100);  // below the range: at most its lower end
  CHECK(histogram.PercentileNs(100) == Histogram::kHighestNs + 1);
}

TEST_CASE("AnEmptyHistogramHasNoPercentiles") {
  const Histogram histogram;
  CHECK(histogram.PercentileNs(99) == 0);
  CHECK(histogram.max_ns() == 0);
  CHECK(histogram.ToSparse().empty());
}

TEST_CASE("ComesBackFromItsSparseForm") {
  Histogram histogram;
  for (const int64_t value : RandomValues(1'000, 6)) histogram.Record(value);
  histogram.Record(7);
  const Histogram back = Histogram::FromSparse(
      histogram.precision_bits(), histogram.ToSparse(), histogram.below(), histogram.above(),
      histogram.sum_ns(), histogram.min_ns(), histogram.max_ns());
  CHECK(back.ToSparse() == histogram.ToSparse());
  CHECK(back.count() == histogram.count());
  CHECK(back.PercentileNs(99) == histogram.PercentileNs(99));
  CHECK(back.min_ns() == 7);
}

TEST_CASE("RefusesASparseFormThatCannotBe") {
  CHECK_THROWS_AS(Histogram::FromSparse(10, {{4'000'000, 1}}, 0, 0, 0, 0, 0),
                  std::invalid_argument);
  CHECK_THROWS_AS(Histogram::FromSparse(0, {}, 0, 0, 0, 0, 0), std::invalid_argument);
  CHECK_THROWS_AS(Histogram::FromSparse(10, {{0, 1}}, 0, 0, 100, 200, 100), std::invalid_argument);
}

TEST_CASE("ClearForgetsEverything") {
  Histogram histogram;
  histogram.Record(1234);
  histogram.Clear();
  CHECK(histogram.count() == 0);
  histogram.Record(500);
  CHECK(histogram.PercentileNs(100) == 500);
  CHECK(histogram.min_ns() == 500);
}

TEST_CASE("TenValuesBeyondAPercentileTellIt") {
  Histogram histogram;
  CHECK_FALSE(histogram.Tells(100));
  histogram.Record(1000, 19);
  CHECK(histogram.Tells(100));
  CHECK_FALSE(histogram.Tells(50));
  histogram.Record(1000);
  CHECK(histogram.Tells(50));
  histogram.Record(1000, 9979);
  CHECK(histogram.Tells(99));
  CHECK_FALSE(histogram.Tells(99.9));
  histogram.Record(1000);
  CHECK(histogram.Tells(99.9));
}

TEST_CASE("CountsWhatIsLargerThanAValue") {
  Histogram histogram;
  histogram.Record(50);
  histogram.Record(1'000'000, 3);
  histogram.Record(5'000'000, 2);
  histogram.Record(2 * Histogram::kHighestNs);
  CHECK(histogram.count() == 7);
  CHECK(histogram.CountAbove(0) == 6);
  CHECK(histogram.CountAbove(900'000) == 6);
  CHECK(histogram.CountAbove(1'001'000) == 3);
  CHECK(histogram.CountAbove(Histogram::kHighestNs) == 1);
}

}  // namespace
}  // namespace switchboard::load
