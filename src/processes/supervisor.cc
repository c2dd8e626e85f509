#include "src/processes/supervisor.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/socket.h"
#include "src/linux/way_out.h"
#include "src/processes/signs_of_life.h"

namespace switchboard {
namespace {

// A process that has lived for so long has not ended early.
constexpr int64_t kLongLifeMs = 10'000;

// Before the process is started again that has ended early: twice as long each time.
constexpr int64_t kFirstPauseMs = 100;
constexpr int64_t kLongestPauseMs = 30'000;
constexpr int kMostDoublings = 9;

constexpr int64_t kAskForTimeMs = 1000;
constexpr int64_t kPingsInAPeriod = 4;

// How soon a process is looked at again that has been silent for want of a CPU.
constexpr int64_t kLookMs = 50;
constexpr int64_t kMostLookMs = 1000;

// How long one that has not begun to serve may be silent at least: there may be much to open.
constexpr int64_t kStartMs = 10'000;

// What it waits for by itself: signals and news.
constexpr size_t kOwnWatched = 2;

// A round that is so much later than it was to be: the parent itself was stopped, or had no CPU.
constexpr int64_t kLateMs = 500;

// Of two times to wait; -1 is for ever.
int64_t Sooner(int64_t one_ms, int64_t other_ms) {
  if (one_ms < 0 || other_ms < 0) return std::max(one_ms, other_ms);
  return std::min(one_ms, other_ms);
}

int64_t PauseMs(int early_ends) {
  if (early_ends == 0) return 0;
  const int doublings = std::min(early_ends - 1, kMostDoublings);
  return std::min(kFirstPauseMs << doublings, kLongestPauseMs);
}

}  // namespace

Supervisor::Supervisor(Config config, ProcessTable& table, const BooksOfAll& books, Log& log,
                       const ServiceManager& manager, status::Endpoint* status)
    : config_(std::move(config)),
      table_(table),
      books_(books),
      log_(log),
      manager_(manager),
      status_(status),
      signals_({SIGTERM, SIGINT, SIGUSR1, SIGCHLD}),
      children_(table.size()),
      serving_(table.size()) {
  watched_.reserve(kOwnWatched + status::Endpoint::kMostWatched);
}

// The first process alone, so that what keeps all of them from starting is said once.
std::optional<size_t> Supervisor::Run() {
  children_.front().start_ms = 0;
  if (manager_.watchdog_us() > 0) ping_ms_ = 0;
  now_ms_ = sys::NowMs();
  while (!IsOver()) {
    if (const std::optional<size_t> child = StartDue()) {
      signals_.Close();
      return child;
    }
    Wait();
    HandleSignals();
    HandleNews();
    HandleClosed();
    LookAtHearts();
    CountServing();
    SpeakToManager();
  }
  if (!failure_.empty()) throw std::runtime_error(failure_);
  if (!starting_) books_.LogTotal("drained");
  return std::nullopt;
}

bool Supervisor::IsOver() const {
  return stopping_ && std::ranges::all_of(children_, [](const Child& c) { return c.pid == 0; });
}

void Supervisor::Wait() {
  watched_.assign({{.fd = signals_.fd(), .events = POLLIN, .revents = 0},
                   {.fd = table_.news().fd(), .events = POLLIN, .revents = 0}});
  const int64_t due_ms = DueMs();
  const int64_t before_ms = sys::NowMs();
  int64_t timeout_ms =
      due_ms == sys::kNever ? -1 : std::clamp<int64_t>(due_ms - before_ms, 0, 1 << 30);
  if (status_ != nullptr) {
    status_->Watch(watched_, before_ms);
    timeout_ms = Sooner(timeout_ms, status_->PollTimeoutMs(before_ms));
  }
  (void)sys::PollAll(watched_, static_cast<int>(timeout_ms));
  now_ms_ = sys::NowMs();
  if (now_ms_ - kLateMs > due_ms) judges_from_ms_ = now_ms_;
  if (status_ != nullptr) status_->Handle(std::span(watched_).subspan(kOwnWatched), now_ms_);
}

int64_t Supervisor::DueMs() const {
  int64_t due_ms = ping_ms_;
  for (size_t i = 0; i < children_.size(); ++i) {
    due_ms = std::min({due_ms, children_[i].start_ms, JudgeMs(i)});
  }
  return due_ms;
}

// From when on a process has been silent, sys::kNever if that is no matter: there is none, or it
// has served and is about to end.
int64_t Supervisor::SilentFromMs(size_t number) const {
  const Child& child = children_[number];
  const int64_t alive_ms = table_.slot(number).alive_ms;
  if (child.pid == 0 || (alive_ms == 0 && child.serves)) return sys::kNever;
  return std::max({alive_ms, child.started_ms, judges_from_ms_});
}

int64_t Supervisor::PatienceMs(size_t number) const {
  const bool starts = table_.slot(number).alive_ms == 0;
  return starts ? std::max(config_.heart_ms, kStartMs) : config_.heart_ms;
}

// When to see whether it has been silent for too long.
int64_t Supervisor::JudgeMs(size_t number) const {
  const int64_t from_ms = SilentFromMs(number);
  if (from_ms == sys::kNever) return sys::kNever;
  return std::max(from_ms + PatienceMs(number), children_[number].judge_ms);
}

// In a child, its number.
std::optional<size_t> Supervisor::StartDue() {
  for (size_t i = 0; i < children_.size(); ++i) {
    if (now_ms_ >= children_[i].start_ms && Start(i)) return i;
  }
  return std::nullopt;
}

// True in the child.
bool Supervisor::Start(size_t number) {
  Child& child = children_[number];
  child.start_ms = sys::kNever;
  const sys::Result forked = sys::ForkChild();
  if (forked && forked.value == 0) return true;
  child.started_ms = now_ms_;
  if (forked) {
    child.pid = static_cast<pid_t>(forked.value);
    table_.slot(number).pid = child.pid;
    AwaitSignOfLife(table_.slot(number));
    child.judge_ms = 0;
    return false;
  }
  if (starting_) {
    failure_ = sys::Refusal("cannot start process " + std::to_string(number + 1) +
                                " of --processes " + std::to_string(children_.size()),
                            forked.error);
    Stop();
  } else {
    Say(LogLevel::kError, number, "process_not_started",
        LogText() << "error=" << sys::ErrorName(forked.error));
    StartAgain(number);
  }
  return false;
}

void Supervisor::StartAgain(size_t number) {
  Child& child = children_[number];
  child.early_ends = now_ms_ - child.started_ms < kLongLifeMs ? child.early_ends + 1 : 0;
  child.start_ms = now_ms_ + PauseMs(child.early_ends);
  table_.slot(number).restarts.fetch_add(1);
}

void Supervisor::HandleSignals() {
  while (const std::optional<int> signal = signals_.Next()) {
    if (*signal == SIGCHLD) {
      while (const auto change = sys::NextChildChange()) HandleChange(*change);
    } else if (*signal == SIGUSR1) {
      books_.LogEach("stats");
    } else if (requests_.IsNew(now_ms_)) {
      Stop();
    }
  }
}

// Processes have begun to serve.
void Supervisor::HandleNews() {
  table_.news().Clear();
  for (size_t i = 0; i < children_.size(); ++i) {
    if (children_[i].serves || !table_.slot(i).serving) continue;
    children_[i].serves = true;
    Say(LogLevel::kInfo, i, "process_serving", LogText() << "pid=" << children_[i].pid);
  }
  if (!starting_ || stopping_) return;
  if (std::ranges::all_of(children_, &Child::serves)) {
    starting_ = false;
    config_.when_serving();
  } else if (children_.front().serves) {
    for (Child& child : children_) {
      if (child.pid == 0) child.start_ms = now_ms_;
    }
  }
}

// When the last of them takes no callers any more, nobody is to be left on hold for the parent.
void Supervisor::HandleClosed() {
  if (!stopping_ || closed_) return;
  for (size_t i = 0; i < children_.size(); ++i) {
    if (children_[i].pid != 0 && !table_.slot(i).has_closed) return;
  }
  closed_ = true;
  config_.when_closed();
}

void Supervisor::HandleChange(const sys::ChildChange& change) {
  const auto child = std::ranges::find(children_, change.pid, &Child::pid);
  if (child == children_.end()) return;  // of whatever this program was before
  const size_t number = static_cast<size_t>(child - children_.begin());
  using Kind = sys::ChildChange::Kind;
  switch (change.kind) {
    case Kind::kContinued:
      table_.slot(number).stopped = false;
      Say(LogLevel::kInfo, number, "process_continued", "");
      break;
    case Kind::kStopped:
      table_.slot(number).stopped = true;
      table_.PokeOthers(number);
      Say(LogLevel::kWarn, number, "process_stopped", LogText() << "signal=" << change.number);
      if (stopping_) sys::SendSignal(change.pid, SIGCONT);
      break;
    case Kind::kExited:
    case Kind::kKilled:
      HandleEnd(number, change);
      break;
  }
}

void Supervisor::HandleEnd(size_t number, const sys::ChildChange& change) {
  const bool killed = change.kind == sys::ChildChange::Kind::kKilled;
  children_[number].pid = 0;
  children_[number].serves = false;
  table_.Clear(number);
  books_.Close(number);
  table_.PokeOthers(number);
  if (stopping_ || starting_) {
    if (killed || change.number != 0) exit_status_ = killed ? 1 : change.number;
    if (!stopping_) {
      if (exit_status_ != 0) SayThatItEndedEarly(number, change);
      Stop();
    }
    if (!killed || EndsAtOnce()) return;
  } else {
    StartAgain(number);
  }
  LogText fields;
  fields << (killed ? "signal=" : "status=") << change.number;
  if (!stopping_) fields << " restart_in_ms=" << children_[number].start_ms - now_ms_;
  Say(LogLevel::kError, number, "process_ended", fields);
}

void Supervisor::LookAtHearts() {
  for (size_t i = 0; i < children_.size(); ++i) {
    const int64_t from_ms = SilentFromMs(i);
    if (from_ms == sys::kNever || now_ms_ < JudgeMs(i)) continue;
    const int64_t silent_ms = SilentMs(table_.slot(i), from_ms, now_ms_);
    if (const int64_t left_ms = PatienceMs(i) - silent_ms; left_ms > 0) {
      children_[i].judge_ms = now_ms_ + std::clamp(left_ms, kLookMs, kMostLookMs);
      continue;
    }
    Say(LogLevel::kError, i, "process_stuck", LogText() << "silent_ms=" << silent_ms);
    table_.slot(i).alive_ms = 0;
    children_[i].judge_ms = sys::kNever;
    sys::SendSignal(children_[i].pid, SIGKILL);
  }
}

// One that is stopped serves nobody.
void Supervisor::CountServing() {
  if (starting_ || stopping_) return;
  size_t serving = 0;
  for (size_t i = 0; i < children_.size(); ++i) {
    if (children_[i].serves && !table_.slot(i).stopped) ++serving;
  }
  if (std::exchange(serving_, serving) != serving) config_.when_number_changes(serving);
}

void Supervisor::SpeakToManager() {
  if (now_ms_ < ping_ms_) return;
  if (stopping_) manager_.AskForTime();
  int64_t next_ms = stopping_ ? kAskForTimeMs : sys::kNever;
  if (const int64_t period_ms = manager_.watchdog_us() / 1000; period_ms > 0) {
    manager_.Alive();
    next_ms = std::min(next_ms, std::max<int64_t>(period_ms / kPingsInAPeriod, 1));
  }
  ping_ms_ = now_ms_ + next_ms;
}

// A process that is stopped is continued, now or as soon as the parent hears of it, so that it can
// end. The others are sent no SIGCONT: a debugger that is about to hold one of them, or a leak
// checker at its end, would wait for ever for the stop that SIGCONT calls off. One that is stuck
// hears nothing.
void Supervisor::Stop() {
  table_.common().stops.fetch_add(1);
  if (!std::exchange(stopping_, true)) {
    const bool has_failed = !failure_.empty() || exit_status_ != 0;  // and it is said why
    if (!has_failed) manager_.SayStopping();
    if (manager_.is_there()) ping_ms_ = now_ms_;
  }
  for (Child& child : children_) child.start_ms = sys::kNever;
  SignalAll(EndsAtOnce() ? SIGKILL : SIGTERM);
  for (size_t i = 0; i < children_.size(); ++i) {
    if (table_.slot(i).stopped) sys::SendSignal(children_[i].pid, SIGCONT);
  }
}

// The service manager takes what is said from the parent alone.
void Supervisor::SayThatItEndedEarly(size_t number, const sys::ChildChange& change) const {
  const bool killed = change.kind == sys::ChildChange::Kind::kKilled;
  sys::FixedText<160> why;
  why << "process " << number + 1 << " of --processes " << children_.size()
      << (killed ? " was ended by signal " : " ended with status ") << change.number
      << " before all of them served" << (killed ? "" : "; the log says why");
  manager_.SayFailure(why);
}

void Supervisor::SignalAll(int signal) const {
  for (const Child& child : children_) {
    if (child.pid != 0) sys::SendSignal(child.pid, signal);
  }
}

void Supervisor::Say(LogLevel level, size_t number, std::string_view event,
                     std::string_view fields) const {
  log_.WriteOf(number + 1, level, event, fields);
}

}  // namespace switchboard
