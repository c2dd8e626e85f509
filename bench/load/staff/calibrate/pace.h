// How fast the CPUs are from moment to moment while all of them are busy.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_PACE_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_PACE_H_

#include "bench/load/staff/costs.h"

namespace switchboard::load {

// Takes two seconds. Each of the CPUs of this process, of the first 16, has a thread that sends and
// receives over a connection of its own, as servers do, and notes how long each piece of it took:
// whatever holds the CPU up is in that, be it the kernel's own work or a hypervisor's.
PaceRecord MeasurePace();

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_PACE_H_
