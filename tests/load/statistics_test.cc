// The statistics of comparisons, against values computed by hand and printed tables.

#include "bench/load/compare/statistics.h"

#include <doctest/doctest.h>

#include <algorithm>
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

// Of 20 orders of three and three, one has U = 0 and one has U = 9; and so on by counting.
TEST_CASE("MannWhitneyIsExactForSmallSamples") {
  CHECK(MannWhitneyP(Sample{1, 2, 3}, Sample{4, 5, 6}) == doctest::Approx(2.0 / 20));
  CHECK(MannWhitneyP(Sample{4, 5, 6}, Sample{1, 2, 3}) == doctest::Approx(2.0 / 20));
  CHECK(MannWhitneyP(Sample{1, 2, 4}, Sample{3, 5, 6}) == doctest::Approx(4.0 / 20));
  CHECK(MannWhitneyP(Sample{1}, Sample{2}) == 1);
  CHECK(MannWhitneyP(Sample{1, 4}, Sample{2, 3}) == 1);
  // U = 2 of five and five: 1 + 1 + 2 of 252 orders, on either side.
  CHECK(MannWhitneyP(Sample{1, 2, 3, 4, 7}, Sample{5, 6, 8, 9, 10}) == doctest::Approx(8.0 / 252));
}

// The printed tables give the largest U that is significant at 0.05, two-sided.
TEST_CASE("MannWhitneyAgreesWithThePrintedTables") {
  struct Critical {
    int n, u;
  };
  for (const Critical& each : {Critical{5, 2}, {8, 13}, {9, 17}, {10, 23}, {20, 127}}) {
    // a = 0, 1, ... below all of b; then b's lowest values move down between a's to reach U.
    const auto p_of = [&](int u) {
      Sample a, b;
      for (int i = 0; i < each.n; ++i) a.push_back(i);
      for (int i = 0; i < each.n; ++i) {
        const int below = std::min(u, each.n);  // how many of a shall be above this one
        u -= below;
        b.push_back(each.n - below - 0.5 + 0.001 * i);
      }
      return MannWhitneyP(a, b);
    };
    CAPTURE(each.n);
    CHECK(p_of(each.u) <= 0.05);
    CHECK(p_of(each.u + 1) > 0.05);
  }
}

// By hand: mid-ranks give U = 2.5, mean 8, variance 16/12 * (9 - 36/56); z = (5.5 - 0.5) / 3.3381.
TEST_CASE("MannWhitneyCorrectsForTies") {
  CHECK(MannWhitneyP(Sample{1, 2, 2, 3}, Sample{2, 3, 4, 4}) ==
        doctest::Approx(0.1342).epsilon(0.001));
  CHECK(MannWhitneyP(Sample{5, 5, 5}, Sample{5, 5, 5}) == 1);
}

// By hand: i > j + 5.5 holds for 20 + 19 + ... + 1 = 210 of 26 * 26 pairs; the mean is 338, the
// variance 676 * 53 / 12; z = (128 - 0.5) / 54.641.
TEST_CASE("MannWhitneyOfLargeSamplesIsTheNormalApproximation") {
  Sample a, b;
  for (int i = 0; i < 26; ++i) {
    a.push_back(i);
    b.push_back(i + 5.5);
  }
  CHECK(MannWhitneyP(a, b) == doctest::Approx(0.019627).epsilon(0.001));
}

TEST_CASE("TheBootstrapIntervalOfNineIsThatOfTheBinomial") {
  // The median of a resample is at most the k-th of nine values as often as at least five of nine
  // draws are: for k = 1, 2, 3, 4 in 0.1 %, 3.0 %, 14.5 % and 36.5 % of them. So 2.5 % end at the
  // second value, 10 % at the third and 25 % at the fourth.
  const Sample sample{1, 2, 3, 4, 5, 6, 7, 8, 9};
  struct Expected {
    double confidence, low, high;
  };
  for (const Expected& each : {Expected{0.95, 2, 8}, {0.8, 3, 7}, {0.5, 4, 6}}) {
    for (const uint64_t seed : {1, 2, 3}) {
      const Interval interval = BootstrapMedianInterval(sample, each.confidence, seed);
      CHECK(interval.low == each.low);
      CHECK(interval.high == each.high);
    }
  }
}

TEST_CASE("TheBootstrapIntervalOfEqualValuesIsThatValue") {
  const Interval interval = BootstrapMedianInterval(Sample{4, 4, 4}, 0.95, 1);
  CHECK(interval.low == 4);
  CHECK(interval.high == 4);
}

}  // namespace
}  // namespace switchboard::load
