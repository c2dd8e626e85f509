// How often something took how long: 16 steps an octave, exact to a sixteenth, from a sixteenth of
// a microsecond to 78 hours. Every power of two in microseconds is the upper end of a step.
// A plain value.

#ifndef SWITCHBOARD_TIME_HISTOGRAM_H_
#define SWITCHBOARD_TIME_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace switchboard {

struct TimeHistogram {
  static constexpr int kStepsPerOctave = 16;
  static constexpr int kOctaves = 38;
  static constexpr int kSteps = kStepsPerOctave * (kOctaves + 1);

  // The step that `ns` falls into: the first of those whose end is not less. The last one takes
  // whatever is longer, the first one what is negative.
  static int StepOf(int64_t ns) {
    if (ns <= 0) return 0;
    // In sixteenths of a microsecond, from 0, so that an end belongs to its step.
    const uint64_t units = (static_cast<uint64_t>(std::min(ns, int64_t{1} << 60)) * 2 - 1) / 125;
    if (units < kStepsPerOctave) return static_cast<int>(units);
    const int octave = std::bit_width(units) - 5;  // 0 from 16 units on
    const int step = (octave + 1) * kStepsPerOctave + static_cast<int>(units >> octave & 15);
    return std::min(step, kSteps - 1);
  }

  // The longest time that falls into `step`, in nanoseconds.
  static int64_t EndOf(int step) {
    const int octave = std::max(step / kStepsPerOctave - 1, 0);
    const int64_t units = step - octave * kStepsPerOctave + 1;
    return (units << octave) * 125 / 2;
  }

  uint64_t count() const {
    uint64_t sum = 0;
    for (const uint64_t each : counts) sum += each;
    return sum;
  }
  // How many took `ns` or less; exact if `ns` is the end of a step.
  uint64_t CountUpTo(int64_t ns) const {
    uint64_t sum = 0;
    for (int i = 0; i < kSteps && EndOf(i) <= ns; ++i) sum += counts[static_cast<size_t>(i)];
    return sum;
  }
  // The time, in nanoseconds, within which `percent` of all were done, rounded up to the end of its
  // step; 0 if there were none.
  int64_t PercentileNs(double percent) const {
    const double wanted = static_cast<double>(count()) * percent / 100;
    uint64_t sum = 0;
    for (int i = 0; i < kSteps; ++i) {
      sum += counts[static_cast<size_t>(i)];
      if (sum > 0 && static_cast<double>(sum) >= wanted) return EndOf(i);
    }
    return 0;
  }
  void Add(const TimeHistogram& other) {
    for (size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    sum_ns += other.sum_ns;
  }

  std::array<uint64_t, kSteps> counts{};
  uint64_t sum_ns = 0;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_TIME_HISTOGRAM_H_
