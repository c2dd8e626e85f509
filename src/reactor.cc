#include "src/reactor.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/way_out.h"

namespace switchboard {
namespace {

constexpr size_t kEventsPerRound = 512;

}  // namespace

Reactor::Reactor(Config config, std::vector<std::unique_ptr<Listener>> listeners,
                 const std::vector<std::unique_ptr<WorkerPool>>& pools, BufferPool& buffers,
                 CallerAddresses& callers, ReadyList& ready, ReactorCounters& counters, Log& log)
    : drain_timeout_ms_(config.drain_timeout_ms),
      pools_(pools),
      ready_(ready),
      log_(log),
      connections_(std::move(config.connections), acceptor_, epoll_, buffers, callers, counters,
                   log),
      acceptor_(std::move(config.accept), std::move(listeners), connections_, epoll_, counters,
                log),
      shared_cpu_(pools, log),
      events_(kEventsPerRound),
      drain_due_ms_(kNever) {
  acceptor_.Register();
  const sys::Result added =
      epoll_.Add(ready_.wake_fd(), EPOLLIN, EventSource{EventSource::Kind::kWakeUp}.ToData());
  if (!added) {
    throw std::runtime_error(sys::Refusal("cannot watch an eventfd", added.error));
  }
}

void Reactor::Stop() {
  stop_requested_.store(true, std::memory_order_release);
  ready_.Interrupt();
}

void Reactor::Run() {
  while (!draining_ || connections_.open() > 0) {
    const size_t found = WaitForEvents();
    now_ms_ = sys::NowMs();
    connections_.BeginRound(now_ms_);
    shared_cpu_.Review(now_ms_);
    HandleEvents(found);
    HandleReady();
    HandleStop();
    connections_.HandleDeadlines();
    HandleDrainDeadline();
    acceptor_.AcceptPending(now_ms_);
    for (const auto& pool : pools_) pool->Publish();
  }
  shared_cpu_.LetAllGo();
}

// Sleeps only if there is nothing left to do.
size_t Reactor::WaitForEvents() {
  if (connections_.HasWork() || acceptor_.HasWork(now_ms_)) return PollEvents(0);
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
int64_t Reactor::SleepMs() const {
  const int64_t due_ms =
      std::min({connections_.first_due_ms(), acceptor_.retry_due_ms(), drain_due_ms_});
  if (due_ms == kNever) return -1;
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
        break;
    }
  }
}

void Reactor::HandleReady() { connections_.HandleGivenBack(ready_.Take()); }

void Reactor::HandleStop() {
  if (draining_ || !stop_requested_.load(std::memory_order_acquire)) return;
  draining_ = true;
  drain_due_ms_ = now_ms_ + drain_timeout_ms_;
  log_.Write(LogLevel::kInfo, "drain_begin", LogText() << "connections=" << connections_.open());
  acceptor_.Close();
  connections_.BeginDrain();
}

void Reactor::HandleDrainDeadline() {
  if (now_ms_ < drain_due_ms_) return;
  drain_due_ms_ = kNever;
  connections_.CloseAll();
}

}  // namespace switchboard
