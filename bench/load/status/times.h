// What a histogram of times comes to. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STATUS_TIMES_H_
#define SWITCHBOARD_BENCH_LOAD_STATUS_TIMES_H_

#include "include/switchboard/time_histogram.h"

namespace switchboard::load {

// What came between two looks at one histogram. Throws std::runtime_error with one sentence if it
// was not the same all the time: `before` has something that `after` has not.
TimeHistogram Difference(const TimeHistogram& after, const TimeHistogram& before);

double MeanNs(const TimeHistogram& times);  // exact; 0 if there are none

// The coefficient of variation: the standard deviation over the mean. A step is a sixteenth of its
// octave wide, and taken for its middle: exact to 0.0004 in its square.
double CoefficientOfVariation(const TimeHistogram& times);

// How many took longer than `ns`; of the step that it lies in so many as are to be expected if they
// lie evenly in it.
double CountBeyond(const TimeHistogram& times, double ns);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STATUS_TIMES_H_
