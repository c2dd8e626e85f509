#include "src/reactor.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/hand_over.h"
#include "src/linux/clock.h"
#include "src/linux/way_out.h"

namespace switchboard {
namespace {

// What wakes it: the ready list, and other processes.
constexpr uint32_t kReadySlot = 0;
constexpr uint32_t kPokeSlot = 1;

}  // namespace

Reactor::Reactor(Config config, std::vector<std::unique_ptr<Listener>> listeners,
                 const std::vector<std::unique_ptr<WorkerPool>>& pools, BufferPool& buffers,
                 CallerAddresses& callers, ReadyList& ready, ReactorCounters& counters, Log& log)
    : pools_(pools),
      ready_(ready),
      counters_(counters),
      log_(log),
      connections_(std::move(config.connections), acceptor_, epoll_, buffers, callers,
                   counters.speakers, log),
      acceptor_(std::move(config.accept), std::move(listeners), connections_, epoll_, counters,
                log),
      shared_cpu_(pools, log),
      events_(hand_over::kEventsPerRound),
      phases_(config.phases),
      when_closed_(std::move(config.when_closed)),
      give_up_(std::move(config.give_up)) {
  acceptor_.Register();
  WatchWakeUp(ready_.wake_fd(), kReadySlot);
  if (acceptor_.poke_fd() >= 0) WatchWakeUp(acceptor_.poke_fd(), kPokeSlot);
}

void Reactor::WatchWakeUp(int fd, uint32_t slot) {
  const EventSource source{.slot = slot, .kind = EventSource::Kind::kWakeUp};
  const sys::Result added = epoll_.Add(fd, EPOLLIN, source.ToData());
  if (!added) {
    throw std::runtime_error(sys::Refusal("cannot watch an eventfd", added.error));
  }
}

void Reactor::Stop() {
  phases_.Stop();
  ready_.Interrupt();
}

bool Reactor::EndPhase() {
  const bool ended = phases_.End();
  ready_.Interrupt();
  return ended;
}

void Reactor::Run() {
  while (entered_ != Phase::kDraining || !IsAlone()) {
    const size_t found = WaitForEvents();
    const int64_t began_ns = sys::NowNs();
    now_ms_ = began_ns / 1'000'000;
    counters_.round_ms.store(now_ms_, std::memory_order_relaxed);
    counters_.sleeps_until_ms.store(0, std::memory_order_relaxed);
    connections_.BeginRound(now_ms_);
    shared_cpu_.Review(now_ms_);
    HandleEvents(found);
    connections_.HandleGivenBack(ready_.Take());
    HandlePhase();
    connections_.HandleDeadlines();
    HandlePhaseDeadline();
    acceptor_.AcceptPending(now_ms_);
    HandleClosed();
    if (IsAlone()) phases_.EndIf(Phase::kNoNewCallers);
    for (const auto& pool : pools_) pool->Publish(began_ns);
    counters_.rounds.Add();
  }
  shared_cpu_.LetAllGo();
}

// Sleeps only if there is nothing left to do.
size_t Reactor::WaitForEvents() {
  const bool phase_begins = phases_.now() != entered_;
  if (phase_begins || connections_.HasWork() || acceptor_.HasWork(now_ms_)) return PollEvents(0);
  bool paused = false;
  for (const auto& pool : pools_) paused = pool->PauseWhileBusy() || paused;
  if (paused) return PollEvents(0);
  return PollEvents(ready_.PrepareToSleep() ? SleepMs() : 0);
}

size_t Reactor::PollEvents(int64_t timeout_ms) {
  const sys::Result found = epoll_.Wait(events_, static_cast<int>(timeout_ms));
  if (!found) {
    log_.Write(LogLevel::kError, "epoll_failed", std::strerror(found.error));
    std::abort();  // there is no set to wait on: nothing can be served any more
  }
  return static_cast<size_t>(found.value);
}

// Until the first deadline; -1 for ever.
int64_t Reactor::SleepMs() {
  const int64_t due_ms =
      std::min({connections_.first_due_ms(), acceptor_.retry_due_ms(), phase_due_ms_});
  counters_.sleeps_until_ms.store(due_ms, std::memory_order_relaxed);
  if (due_ms == sys::kNever) return -1;
  constexpr int64_t kLongestMs = 1 << 30;
  return std::clamp<int64_t>(due_ms - sys::NowMs(), 0, kLongestMs);
}

void Reactor::HandleEvents(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const EventSource source = EventSource::FromData(events_[i].data);
    switch (source.kind) {
      case EventSource::Kind::kConnection:
        connections_.HandleEvent(source, events_[i].events);
        break;
      case EventSource::Kind::kListener:
        acceptor_.HandleEvent(source);
        break;
      case EventSource::Kind::kGuest:
        acceptor_.HandleGuest(source);
        break;
      case EventSource::Kind::kWakeUp:
        if (source.slot == kPokeSlot) acceptor_.HandlePoke();
        break;
    }
  }
}

bool Reactor::IsAlone() const { return acceptor_.closed() && connections_.open() == 0; }

void Reactor::HandlePhase() {
  const Phase phase = phases_.now();
  if (phase != entered_) Enter(phase);
}

void Reactor::Enter(Phase phase) {
  entered_ = phase;
  counters_.phase.store(phase, std::memory_order_relaxed);
  phase_due_ms_ = now_ms_ + phases_.DurationMs(phase);
  const char* const event = phase == Phase::kLameDuck       ? "lame_duck_begin"
                            : phase == Phase::kNoNewCallers ? "no_new_callers_begin"
                                                            : "drain_begin";
  log_.Write(LogLevel::kInfo, event, LogText() << "connections=" << connections_.open());
  if (phase != Phase::kLameDuck && !acceptor_.closed()) acceptor_.BeginClosing();
  if (phase == Phase::kDraining) connections_.BeginDrain();
}

void Reactor::HandlePhaseDeadline() {
  if (now_ms_ < phase_due_ms_) return;
  phase_due_ms_ = sys::kNever;
  if (entered_ != Phase::kDraining) {
    phases_.EndIf(entered_);
    return HandlePhase();
  }
  if (give_up_) give_up_();
  acceptor_.Close();
  connections_.CloseAll();
}

void Reactor::HandleClosed() {
  if (when_closed_ == nullptr || !acceptor_.closed()) return;
  when_closed_();
  when_closed_ = nullptr;
}

}  // namespace switchboard
