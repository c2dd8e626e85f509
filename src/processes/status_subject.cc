#include "src/processes/status_subject.h"

#include <algorithm>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

constexpr const char* kReady = "ready";
constexpr const char* kStarting = "starting";
constexpr const char* kDraining = "draining";

// As of a server alone.
const char* StateIn(Phase phase) {
  if (phase == Phase::kServing) return kReady;
  return phase == Phase::kLameDuck ? ToString(phase) : kDraining;
}

// Whether the kernel keeps callers: with all lines taken, one process knows of them, or none.
bool SomebodyIsOnHold(const Snapshot& figures) {
  return std::ranges::any_of(figures.listeners,
                             [](const auto& listener) { return listener.on_hold > 0; });
}

}  // namespace

std::string StatusSubject::StateOf(size_t process) const {
  const ProcessTable::Slot& slot = table_.slot(process);
  if (slot.pid == 0) return "gone";
  if (slot.stopped) return "stopped";
  if (!slot.serving) return kStarting;
  return StateIn(books_.of(process).reactor().phase.load(std::memory_order_relaxed));
}

// The state that one of them is in stands for all, the best there is.
status::View StatusSubject::Look() {
  status::View view;
  for (size_t i = 0; i < table_.size(); ++i) {
    view.processes.push_back({.state = StateOf(i),
                              .pid = table_.slot(i).pid,
                              .restarts = table_.slot(i).restarts,
                              .counts = StatsOf(Alone(books_.of(i)))});
  }
  view.stopping = table_.common().stops > 0;
  const auto any_is = [&](const std::string& state) {
    return std::ranges::find(view.processes, state, &status::ProcessView::state) !=
           view.processes.end();
  };
  const char* const lame_duck = ToString(Phase::kLameDuck);
  const bool serves = any_is(kReady) || any_is(lame_duck);
  if (view.stopping) {
    view.state = serves && bound_.options.lame_duck_ms > 0 ? lame_duck : kDraining;
  } else {
    view.state = serves ? kReady : kStarting;
  }
  view.ready = serves && !view.stopping;
  view.figures = SnapshotOf(books_.all(), sys::NowMs());
  view.figures.total.listen_overflows = books_.ListenOverflows();
  const int64_t limit = bound_.options.max_connections;  // of all of them together
  if (limit > 0) view.figures.max_connections = limit;
  for (const auto& listener : bound_.listeners) {
    if (!sys::WhyNotListening(listener->fd()).empty()) continue;  // they have ended that
    view.figures.listeners.push_back(FiguresOf(*listener, bound_.routes, bound_.roster));
  }
  if (limit > 0 && std::cmp_greater_equal(view.figures.total.active, limit)) {
    view.figures.accept_paused = view.figures.accept_paused || SomebodyIsOnHold(view.figures);
  }
  view.process = parent_.Look();
  view.process.cpu_s += sys::CpuSecondsOfEndedChildren();
  for (const status::ProcessView& process : view.processes) {
    if (process.pid != 0) sys::AddChild(view.process, static_cast<pid_t>(process.pid));
  }
  return view;
}

status::Heart::Beat StatusSubject::HearHeart(int64_t now_ms, std::string& complaint) {
  int64_t latest_ms = 0;
  for (size_t i = 0; i < table_.size(); ++i) {
    latest_ms = std::max<int64_t>(latest_ms, table_.slot(i).alive_ms);
  }
  const int64_t silent_ms = now_ms - latest_ms;
  if (latest_ms == 0 || silent_ms < heart_ms_) return status::Heart::Beat::kBeats;
  complaint = "processes: no sign of life for " + status::SecondsText(silent_ms);
  return status::Heart::Beat::kFails;
}

}  // namespace switchboard
