// Ctrl-C, for whatever takes long: the first ends the measurement, so that what was measured is
// still reported, the second the program. signal(7).

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_INTERRUPT_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_INTERRUPT_H_

#include <atomic>

namespace switchboard::load {

// From here on SIGINT and SIGTERM set the flag that is returned. For the main thread, before it
// starts others.
const std::atomic<bool>& CatchInterrupts();

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_INTERRUPT_H_
