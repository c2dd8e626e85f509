#include "src/accepting/host_limit.h"

#include <new>
#include <optional>

namespace switchboard {

HostLimit::Entry HostLimit::Enter(const sys::Address& peer, CallerHost*& host) {
  reactor_thread_.Check();
  host = nullptr;
  const std::optional<uint64_t> key = max_callers_ > 0 ? peer.HostKey() : std::nullopt;
  if (!key) return Entry::kEntered;
  try {
    CallerHost& found = hosts_.try_emplace(*key, CallerHost{.key = *key}).first->second;
    if (found.callers >= max_callers_) return Entry::kFull;
    ++found.callers;
    host = &found;
    return Entry::kEntered;
  } catch (const std::bad_alloc&) {
    return Entry::kNoMemory;
  }
}

void HostLimit::Leave(CallerHost* host) {
  reactor_thread_.Check();
  if (host != nullptr && --host->callers == 0) hosts_.erase(host->key);
}

}  // namespace switchboard
