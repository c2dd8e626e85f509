// The statistics of comparisons, against values computed by hand, printed tables, and simulated
// comparisons of a server with itself.

#include "bench/load/compare/statistics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace switchboard::load {
namespace {

using Sample = std::vector<double>;

TEST_CASE("TheMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle") {
  CHECK(Median({3}) == 3);
  CHECK(Median({9, 1, 5}) == 5);
  CHECK(Median({9, 1, 5, 6}) == 5.5);
  CHECK(Median({2, 2, 100, 2}) == 2);
}

// Of 8 sets of signs one has the sum 0 and one the sum 6; and so on by counting.
TEST_CASE("TheSignedRankTestIsExactForSmallSamples") {
  CHECK(SignedRankP(Sample{1, 2, 3}) == doctest::Approx(2.0 / 8));
  CHECK(SignedRankP(Sample{-1, -2, -3}) == doctest::Approx(2.0 / 8));
  CHECK(SignedRankP(Sample{-1, 2, 3}) == doctest::Approx(4.0 / 8));
  CHECK(SignedRankP(Sample{1}) == 1);
  CHECK(SignedRankP(Sample{0, 0}) == 1);
  CHECK(SignedRankP(Sample{0, 1, 2, 3}) == doctest::Approx(2.0 / 8));
  // Equal sizes share their ranks: of four signs, all but one alike in 2 * 4 of 16 sets.
  CHECK(SignedRankP(Sample{5, 5, 5, -5}) == doctest::Approx(10.0 / 16));
}

// The printed tables give the largest sum of ranks that is significant at 0.05, two-sided.
TEST_CASE("TheSignedRankTestAgreesWithThePrintedTables") {
  struct Critical {
    int n, sum;
  };
  for (const Critical& each : {Critical{6, 0}, {8, 3}, {9, 5}, {10, 8}, {15, 25}, {20, 52}}) {
    const auto p_of = [&](int sum) {
      Sample differences;
      for (int rank = each.n; rank >= 1; --rank) {
        const bool below = rank <= sum;
        differences.push_back(below ? -rank : rank);
        if (below) sum -= rank;
      }
      return SignedRankP(differences);
    };
    CAPTURE(each.n);
    CHECK(p_of(each.sum) <= 0.05);
    CHECK(p_of(each.sum + 1) > 0.05);
  }
}

// By hand: ranks 1 to 60, of which 1 to 34 are below: 595; the mean is 915, the variance
// 60 * 61 * 121 / 24; z = (320 - 0.5) / 135.84.
TEST_CASE("TheSignedRankTestOfLargeSamplesIsTheNormalApproximation") {
  Sample differences;
  for (int i = 1; i <= 60; ++i) differences.push_back(i <= 34 ? -i : i);
  CHECK(SignedRankP(differences) == doctest::Approx(0.01867).epsilon(0.002));
}

// The chance that all n lie on one side of the median is 2 / 2^n; with one more on either side it
// is 2 (1 + n) / 2^n.
TEST_CASE("TheIntervalHoldsWhatItSays") {
  const Interval nine = MedianInterval({9, 1, 5, 2, 8, 3, 7, 4, 6}, 0.95);
  CHECK(nine.low == 2);
  CHECK(nine.high == 8);
  CHECK(nine.confidence == doctest::Approx(1 - 20.0 / 512));
  const Interval five = MedianInterval({5, 1, 4, 2, 3}, 0.95);
  CHECK(five.low == 1);
  CHECK(five.high == 5);
  CHECK(five.confidence == doctest::Approx(1 - 2.0 / 32));
  const Interval six = MedianInterval({1, 2, 3, 4, 5, 6}, 0.95);
  CHECK(six.low == 1);
  CHECK(six.confidence == doctest::Approx(1 - 2.0 / 64));
  CHECK(MedianInterval({4, 4, 4}, 0.95).low == 4);
  CHECK(MedianInterval({7}, 0.95).high == 7);
  CHECK(MedianInterval({7}, 0.95).confidence == 0);
  const Interval even = MedianInterval({1, 2}, 0.1);
  CHECK(even.low == 1);
  CHECK(even.high == 2);
}

// A server against itself: rounds differ by a factor of two, the two of one round by a tenth, and
// now and then one of them by far more.
double Difference(std::mt19937_64& random) {
  const auto noise = [&] {
    const double usual = std::normal_distribution<double>(0, 0.1)(random);
    return random() % 20 == 0 ? 5 * usual : usual;
  };
  return noise() - noise();
}

TEST_CASE("AServerComparedWithItselfDiffersAsOftenAsItShould") {
  struct Rounds {
    int rounds;
    double fewest_held, most_held;
  };
  for (const Rounds& each : {Rounds{9, 0.93, 0.98}, {15, 0.93, 0.98}, {5, 0.915, 0.96}}) {
    int significant = 0, held = 0;
    constexpr int kComparisons = 2000;
    for (uint64_t seed = 1; seed <= kComparisons; ++seed) {
      std::mt19937_64 random(seed);
      Sample differences;
      for (int i = 0; i < each.rounds; ++i) differences.push_back(Difference(random));
      if (SignedRankP(differences) < 0.05) ++significant;
      const Interval interval = MedianInterval(differences, 0.95);
      if (interval.low <= 0 && interval.high >= 0) ++held;
    }
    CAPTURE(each.rounds);
    CHECK(held >= each.fewest_held * kComparisons);
    CHECK(held <= each.most_held * kComparisons);
    if (each.rounds < 6) continue;  // no five differences are significant
    CHECK(significant >= 0.035 * kComparisons);
    CHECK(significant <= 0.065 * kComparisons);
  }
}

}  // namespace
}  // namespace switchboard::load
