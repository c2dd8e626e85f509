// What keeps the acceptor from accepting callers who wait: the limit of connections, and a machine
// that refuses.

#include <algorithm>
#include <cerrno>
#include <utility>

#include "src/accepting/acceptor.h"
#include "src/linux/way_out.h"

namespace switchboard {
namespace {

// How soon it is tried again although no connection of this server has
// closed: another part of the program, or another process, may have freed a descriptor or memory.
constexpr int64_t kRetryMs = 50;

}  // namespace

// At the limit, and callers wait.
void Acceptor::NoteFull() {
  if (std::exchange(full_, true)) return;
  NotePaused();
  counters_.held.Add();
  log_.WriteLimited(LogLevel::kWarn, "accept_paused reason=max_connections",
                    LogText() << "connections=" << lines_.on(Standing::kCaller));
}

void Acceptor::EndFull() {
  full_ = false;
  NotePaused();
  log_.WriteLimited(LogLevel::kWarn, "accept_resumed reason=max_connections",
                    LogText() << "connections=" << lines_.on(Standing::kCaller));
}

void Acceptor::Pause(Listener& listener, int error, int64_t now_ms) {
  listener.retry_ms = now_ms + kRetryMs;
  if (std::exchange(listener.pause_error, error) != 0) return;
  NotePaused();
  counters_.accept_paused.Add();
  if (error == EMFILE || error == ENFILE) counters_.paused_descriptors.Add();
  if (error == ENOBUFS || error == ENOMEM) counters_.paused_memory.Add();
  log_.WriteLimited(LogLevel::kWarn, LogText() << "accept_paused reason=" << sys::ErrorName(error),
                    LogText() << "at=" << listener.address().ToText()
                              << " connections=" << lines_.on(Standing::kCaller));
}

void Acceptor::Resume(Listener& listener) {
  const int error = std::exchange(listener.pause_error, 0);
  NotePaused();
  log_.WriteLimited(LogLevel::kWarn, LogText() << "accept_resumed reason=" << sys::ErrorName(error),
                    LogText() << "at=" << listener.address().ToText()
                              << " connections=" << lines_.on(Standing::kCaller));
}

bool Acceptor::IsFailing() const {
  return std::ranges::any_of(listeners_,
                             [](const auto& listener) { return listener->pause_error != 0; });
}

void Acceptor::NotePaused() {
  counters_.paused.store(full_ || IsFailing(), std::memory_order_relaxed);
}

}  // namespace switchboard
