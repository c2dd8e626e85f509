#include "src/daemon/watchdog.h"

#include <algorithm>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/process.h"

namespace switchboard {
namespace {

constexpr int64_t kLooksInAPeriod = 4;
constexpr int64_t kShortestLookUs = 1000;

// The look after it may be the last before the manager acts.
constexpr int kMissedBeforeItIsSaid = 2;

}  // namespace

Watchdog::Watchdog(Config config, Server& server, Log& log)
    : config_(std::move(config)),
      server_(server),
      log_(log),
      pools_(config_.watches_pools ? server.PoolCount() : 0) {
  NoteProgress(sys::NowMs());
  thread_ = sys::StartThread("the thread of the watchdog", [this] { Run(); });
}

Watchdog::~Watchdog() {
  over_.Post();
  thread_.Join();
}

void Watchdog::Run() {
  sys::BlockSignalsInThisThread();
  sys::NameThisThread("watchdog");
  const int64_t look_us = std::max(config_.period_us / kLooksInAPeriod, kShortestLookUs);
  heart_.Ask(server_, sys::NowMs());
  while (!over_.WaitFor(look_us)) Look(sys::NowMs());
}

void Watchdog::Look(int64_t now_ms) {
  NoteProgress(now_ms);
  const auto stuck = std::ranges::find_if(pools_, [&](const Pool& pool) {
    return (now_ms - pool.seen_ms) * 1000 >= config_.period_us;
  });
  const bool beats = heart_.Look(server_, now_ms) == status::Heart::Beat::kBeats;
  heart_.Ask(server_, now_ms);
  if (beats && stuck == pools_.end()) {
    missed_ = 0;
    config_.ping();
  } else if (++missed_ == kMissedBeforeItIsSaid) {
    const int64_t silent_ms = beats ? now_ms - stuck->seen_ms : heart_.SilentMs(now_ms);
    log_.Write(LogLevel::kError, beats ? "pool_stuck" : "reactor_stuck",
               LogText() << "silent_ms=" << silent_ms << (beats ? " pool=" : "")
                         << (beats ? stuck->name : ""));
  }
}

void Watchdog::NoteProgress(int64_t now_ms) {
  for (size_t i = 0; i < pools_.size(); ++i) {
    const Server::PoolProgress now = server_.ProgressOf(i);
    if (!now.full || now.begun != pools_[i].begun) pools_[i] = {now.name, now.begun, now_ms};
  }
}

}  // namespace switchboard
