// How many callers each host has on the line, so that one host cannot take the lines of all:
// --max-per-address.
//
// A host is an IPv4 address, or the first 64 bits of an IPv6 address, the least that a site is
// given and may choose its addresses from. A caller of a unix socket is of no host.
//
// Owned by the Lines. Reactor thread only. There is an entry for each host that has callers on
// the line, so never more than callers.

#ifndef SWITCHBOARD_SRC_ACCEPTING_HOST_LIMIT_H_
#define SWITCHBOARD_SRC_ACCEPTING_HOST_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <map>

#include "src/base/thread_checker.h"
#include "src/linux/address.h"

namespace switchboard {

// A host that has callers on the line. It stays where it is until the last of them has left.
struct CallerHost {
  const uint64_t key;
  int64_t callers = 0;
};

class HostLimit {
 public:
  enum class Entry { kEntered, kFull, kNoMemory };

  // Most callers of one host; 0: as many as there are.
  explicit HostLimit(int64_t max_callers) : max_callers_(max_callers) {}

  // Whether a caller from `peer` may come in. If so, `host` is what to give to Leave when it has
  // gone, nullptr if it is not counted.
  [[nodiscard]] Entry Enter(const sys::Address& peer, CallerHost*& host);
  void Leave(CallerHost* host);

  size_t hosts() const { return hosts_.size(); }

 private:
  const int64_t max_callers_;
  ThreadChecker reactor_thread_;
  // A tree, as callers choose the keys: no choice of them makes it slow.
  std::map<uint64_t, CallerHost> hosts_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_ACCEPTING_HOST_LIMIT_H_
