// What every thread of a run needs to know and none may change. Constant once the threads run.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_PLAN_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/measure/options.h"
#include "bench/load/measure/pattern.h"
#include "bench/load/target/observer.h"
#include "src/base/distribution.h"
#include "src/linux/address.h"

namespace switchboard::load {

// Connections of all threads that may be opening at once: few enough for any backlog, so that none
// waits a second for its first packet to be repeated.
inline constexpr int kOpeningAtOnce = 128;

// An address to call, and those to call it from in turn; without one the kernel chooses.
struct Route {
  sys::Address target;
  std::vector<sys::Address> sources;
};

struct Plan {
  Options options;                       // with the seed drawn
  std::vector<Route> routes;             // to the target, which connections take in turn
  std::string greeting;                  // what the server says before its first echo
  Observer* observer = nullptr;          // told by the first event loop
  std::optional<Distribution> patience;  // after which a caller hangs up

  // The size of message `index` of a connection; the same each time it is asked.
  uint32_t MessageSize(const Pattern& sizes, uint64_t index) const {
    const uint32_t low = options.min_size_bytes, high = options.max_size_bytes;
    if (low == high) return low;
    return low + static_cast<uint32_t>(sizes.WordAt(index) % (uint64_t{high} - low + 1));
  }
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_PLAN_H_
