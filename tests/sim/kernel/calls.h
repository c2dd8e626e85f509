// The calls of the simulated kernel, the ways in which each can fail, and who decides when one
// does.

#ifndef SWITCHBOARD_TESTS_SIM_KERNEL_CALLS_H_
#define SWITCHBOARD_TESTS_SIM_KERNEL_CALLS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "tests/sim/kernel/random.h"

namespace switchboard::sim {

enum class SystemCall {
  kSocket,
  kBind,
  kListen,
  kAccept,
  kConnect,
  kRecv,
  kSend,
  kShutdown,
  kSetOption,
  kAddress,
  kQuery,  // what only looks at a socket
  kClose,
  kEpollCreate,
  kEpollControl,
  kEpollWait,
  kEventFd,
  kSignal,
  kThread,
  kMutex,
  kSemaphore,
  kClock,
  kMapPages,
  kAllocate,
  kWriteLine,
};
inline constexpr int kCalls = static_cast<int>(SystemCall::kWriteLine) + 1;

// Beside the errnos: fewer bytes than asked for, although there were more or room for more.
inline constexpr int kShort = -1;

struct CallFacts {
  const char* name;
  std::vector<int> faults;  // errnos that accept(2) and the like list, and kShort
};
const CallFacts& FactsOf(SystemCall call);

// Decides which calls fail. By default none does.
class Faults {
 public:
  // The `k`-th call of that kind from now on, counted from 1, meets `fault`; no other.
  void FailOnce(SystemCall call, int64_t k, int fault);
  // From now on each call that can fail does so once in `one_in` times, in one of its ways.
  void FailRandomly(uint64_t one_in) { one_in_ = one_in; }
  void Stop() { *this = Faults(); }

  // What befalls the next `call`: 0, an errno, or kShort.
  int Next(SystemCall call, Random& random);

  // Calls of that kind since FailOnce or the start.
  int64_t seen(SystemCall call) const { return seen_[static_cast<size_t>(call)]; }

 private:
  std::array<int64_t, kCalls> seen_{};
  SystemCall once_call_ = SystemCall::kRecv;
  int64_t once_k_ = 0;
  int once_fault_ = 0;
  uint64_t one_in_ = 0;
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_KERNEL_CALLS_H_
