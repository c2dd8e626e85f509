#include "bench/load/run/event_loop.h"

#include <algorithm>
#include <array>
#include <climits>

#include "bench/linux/machine.h"
#include "bench/load/base/split.h"
#include "bench/load/run/round.h"
#include "src/linux/clock.h"
#include "src/linux/process.h"

namespace switchboard::load {
namespace {

// Who was refused or hung up on tries again after so long. All who were at the same moment come
// back one after the other: in a burst they would be a load that nobody asked for.
constexpr int64_t kRetryDelayNs = 100'000'000;
// Messages of all threads that may wait for replies; beyond it a schedule is not kept any more.
constexpr size_t kMaxInFlight = 4 << 20;
// After the end, replies are waited for while they come, and this long after the last one; as long
// once more for the target to end its streams, when it was told that nothing follows.
constexpr int64_t kSilenceNs = 2'000'000'000;
constexpr int64_t kLongestDrainNs = 10'000'000'000;

double Share(double per_second, int threads) { return per_second / threads; }

// The number of thread `index` among the threads of all shares of the load, of which each machine
// has as many: no two have the same connections, bytes and random moments.
uint64_t NumberOf(const Options& options, int index) {
  return static_cast<uint64_t>(index) * options.shares + (options.share - 1);
}

size_t ClientsOf(const Options& options, int index) {
  return PartOf(static_cast<uint64_t>(options.connections), options.threads, index);
}

}  // namespace

EventLoop::EventLoop(const Plan& plan, Control& control, int index)
    : control_(control),
      index_(index),
      context_(plan, control.quota, ClientsOf(plan.options, index)),
      open_schedule_(Share(plan.options.connect_rate, plan.options.threads), Arrivals::kUniform,
                     Pattern()),
      call_schedule_(Share(plan.options.calls_per_second, plan.options.threads),
                     plan.options.arrivals,
                     Pattern(plan.options.seed ^ 1, NumberOf(plan.options, index))),
      message_schedule_(Share(plan.options.rate, plan.options.threads), plan.options.arrivals,
                        Pattern(plan.options.seed ^ 2, NumberOf(plan.options, index))) {
  const Options& options = plan.options;
  context_.next_id = NumberOf(options, index);
  context_.id_step = static_cast<uint64_t>(options.threads) * options.shares;
  context_.tally.MakeRoom(options.duration_s);
  if (options.service_level_ns > 0) context_.tally.in_time_ns = options.service_level_ns;
  const size_t count = ClientsOf(options, index);
  clients_.reserve(count);
  context_.closed.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    Client* const client = &clients_.emplace_back(context_, i);
    if (options.calls_per_second > 0) {
      free_.push_back(client);
    } else {
      to_open_.push_back({client, 0});
    }
  }
  (void)context_.epoll.Add(wake_.fd(), EPOLLIN, {.ptr = nullptr});
}

void EventLoop::Run() {
  sys::NameThisThread("load-" + std::to_string(index_));
  sys::SetTimerSlackNs(1);
  open_schedule_.Start(sys::NowNs(), Phase());
  std::array<epoll_event, kLoadEventsPerRound> events;
  for (;;) {
    OfferDue();
    const int64_t now_ns = sys::NowNs();
    EnterStages(now_ns);
    context_.tally.slices.Turn(now_ns);
    HangUpDue(now_ns);
    if (context_.stage == Context::Stage::kDraining && Drained(now_ns)) break;
    StartCallsDue(now_ns);
    OpenDue(now_ns);
    Publish();
    for (const epoll_event& event : Wait(events)) Handle(event);
    SortOutClosed(sys::NowNs());
  }
  Publish();
  progress_.done.store(true, std::memory_order_release);
}

// Where the moments of this thread lie between those of all threads of all shares.
double EventLoop::Phase() const {
  const Options& options = context_.plan.options;
  return static_cast<double>(NumberOf(options, index_)) /
         (double{1} * options.threads * options.shares);
}

// Returns those of `events` that came before something else was due.
std::span<epoll_event> EventLoop::Wait(std::span<epoll_event> events) {
  Attendance& attendance = context_.attendance;
  const int64_t now_ns = sys::NowNs();
  attendance.Saw(now_ns);
  int64_t due_ns = std::max(now_ns, NextDueNs());
  if (measuring_) due_ns = std::min(due_ns, now_ns + Attendance::kLongestWaitNs);
  attendance.WaitsUntil(due_ns);
  const int64_t timeout_ns = due_ns == Window::kNever ? -1 : due_ns - now_ns;
  const long count = context_.epoll.WaitNs(events, timeout_ns).value;
  attendance.Saw(sys::NowNs());
  return events.first(static_cast<size_t>(std::max(0L, count)));
}

void EventLoop::Handle(const epoll_event& event) {
  if (event.data.ptr == nullptr) {
    wake_.Clear();
    return;
  }
  static_cast<Client*>(event.data.ptr)->OnEvent(event.events);
  // A round of many events must not make the schedule late.
  if (message_schedule_.Runs()) OfferDue();
}

// ---- The stages of the run.

void EventLoop::EnterStages(int64_t now_ns) {
  Tally& tally = context_.tally;
  if (context_.stage == Context::Stage::kOpening &&
      now_ns >= control_.run_ns.load(std::memory_order_acquire)) {
    StartRunning();
  }
  if (context_.stage == Context::Stage::kDraining) return;
  Window& window = tally.window;
  window.end_ns = control_.end_ns.load(std::memory_order_acquire);
  if (!measuring_ && context_.stage == Context::Stage::kRunning) {
    window.start_ns = control_.start_ns.load(std::memory_order_relaxed);
  }
  window.start_ns = std::min(window.start_ns, window.end_ns);  // empty if told to end before it
  const bool measurable = window.start_ns < window.end_ns;
  if (!measuring_ && measurable && now_ns >= window.start_ns) StartMeasuring();
  if (now_ns >= window.end_ns || context_.quota.Empty()) StartDraining(now_ns);
}

void EventLoop::StartRunning() {
  const Options& options = context_.plan.options;
  const int64_t run_ns = control_.run_ns.load(std::memory_order_relaxed);
  context_.stage = Context::Stage::kRunning;
  Tally& tally = context_.tally;
  tally.window.start_ns = control_.start_ns.load(std::memory_order_relaxed);
  if (options.messages > 0) tally.counted_from_ns = tally.window.start_ns;
  tally.slices.Start(run_ns);
  message_schedule_.Start(run_ns, Phase());
  call_schedule_.Start(run_ns, Phase());
  if (options.IsOpenLoop()) return;
  for (Client& client : clients_) {
    if (client.state() == Client::State::kReady) client.Refill(sys::NowNs());
  }
}

void EventLoop::StartMeasuring() {
  measuring_ = true;
  context_.tally.StartTimeline(context_.plan.options.duration_s);
  ready_at_start_ = context_.ready;
  context_.attendance.Begin();
  if (Observer* observer = MyObserver()) observer->OnMeasuringBegins();
}

void EventLoop::StartDraining(int64_t now_ns) {
  Tally& tally = context_.tally;
  context_.stage = Context::Stage::kDraining;
  drain_started_ns_ = last_progress_ns_ = now_ns;
  if (measuring_) {
    if (Observer* observer = MyObserver()) observer->OnMeasuringEnds();
    context_.attendance.End();
  }
  for (; !unsent_.empty(); unsent_.pop_front()) tally.NeverSent(unsent_.front(), now_ns);
  if (context_.quota.Empty()) return;
  // What the schedules still owe was not reached in time.
  const int64_t end_ns = tally.window.end_ns;
  const int64_t start_ns = tally.window.start_ns;
  const uint64_t owed = message_schedule_.CountBetween(start_ns, end_ns);
  tally.part.generator.intended += owed;
  tally.part.generator.too_late += owed;
  tally.part.generator.intended_calls += call_schedule_.CountBetween(start_ns, end_ns);
}

// One event loop is enough: all enter the stages at the same times.
Observer* EventLoop::MyObserver() const { return index_ == 0 ? context_.plan.observer : nullptr; }

bool EventLoop::Drained(int64_t now_ns) {
  Tally& tally = context_.tally;
  if (tally.part.verification.verified_bytes != last_verified_) last_progress_ns_ = now_ns;
  last_verified_ = tally.part.verification.verified_bytes;
  const int64_t give_up_ns = control_.give_up_ns.load(std::memory_order_acquire);
  const bool waits =
      tally.in_flight() > 0 && now_ns < give_up_ns && now_ns - drain_started_ns_ < kLongestDrainNs;
  if (waits && now_ns - last_progress_ns_ < kSilenceNs) return false;
  if (waits && !half_closed_) {
    HalfCloseAll(now_ns);
    return false;
  }
  // A run that ends after so many messages ends with the last reply.
  if (context_.quota.Empty()) {
    const int64_t last_ns = tally.last_answer_ns > 0 ? tally.last_answer_ns : now_ns;
    tally.window.end_ns = std::min(tally.window.end_ns, last_ns);
  }
  for (Client& client : clients_) client.Finish(now_ns);
  return true;
}

void EventLoop::HalfCloseAll(int64_t now_ns) {
  half_closed_ = true;
  last_progress_ns_ = now_ns;
  for (Client& client : clients_) client.HalfClose();
}

int64_t EventLoop::measured_ns() const {
  const Window& window = context_.tally.window;
  if (!measuring_ || window.end_ns == Window::kNever) return 0;
  return std::max<int64_t>(0, window.end_ns - window.start_ns);
}

// ---- What is due.

void EventLoop::OfferDue() {
  if (context_.stage != Context::Stage::kRunning) return;
  for (int i = 0; i < kOffersPerTurn && OfferOne(); ++i) {
  }
}

// Returns whether there may be another.
bool EventLoop::OfferOne() {
  Tally& tally = context_.tally;
  const int64_t now_ns = sys::NowNs();
  // Those first that waited for a connection, so that they are in the order of the schedule.
  if (!unsent_.empty() && OfferToSomeone(unsent_.front(), now_ns)) {
    unsent_.pop_front();
    return true;
  }
  const int64_t intended_ns = message_schedule_.next_ns();
  if (intended_ns >= tally.window.end_ns || intended_ns > now_ns) return false;
  const bool measured = tally.window.Contains(intended_ns);
  if (measured && !context_.quota.Take()) return false;
  message_schedule_.Advance();
  if (measured) {
    ++tally.part.generator.intended;
    tally.part.send_lag.Record(now_ns - intended_ns);
  }
  const Message message{intended_ns, now_ns, Message::kNoTime};
  if (OfferToSomeone(message, now_ns)) return true;
  if (unsent_.size() < MostInFlight()) {
    unsent_.push_back(message);
  } else {
    tally.NeverSent(message, now_ns);
  }
  return true;
}

bool EventLoop::OfferToSomeone(const Message& message, int64_t now_ns) {
  const auto in_flight = static_cast<size_t>(context_.tally.in_flight());
  if (context_.ready == 0 || in_flight >= MostInFlight()) return false;
  Client* const client = NextReady();
  if (client != nullptr) client->Offer(message, now_ns);
  return client != nullptr;
}

size_t EventLoop::MostInFlight() const { return kMaxInFlight / context_.plan.options.threads; }

Client* EventLoop::NextReady() {
  for (size_t tried = 0; tried < clients_.size(); ++tried) {
    Client& client = clients_[next_ready_];
    next_ready_ = next_ready_ + 1 == clients_.size() ? 0 : next_ready_ + 1;
    if (client.state() == Client::State::kReady) return &client;
  }
  return nullptr;
}

// Callers whose patience is over. What comes in their place is opened as any other.
void EventLoop::HangUpDue(int64_t now_ns) {
  const Alarms& alarms = context_.alarms;
  if (alarms.next_ns() > now_ns) return;
  while (alarms.next_ns() <= now_ns) clients_[alarms.next_client()].LosePatience(now_ns);
  SortOutClosed(now_ns);
}

void EventLoop::StartCallsDue(int64_t now_ns) {
  if (context_.stage != Context::Stage::kRunning) return;
  Tally& tally = context_.tally;
  // A call that finds no free connection waits, and keeps its intended time.
  while (!free_.empty() && call_schedule_.next_ns() <= now_ns &&
         call_schedule_.next_ns() < tally.window.end_ns) {
    const int64_t intended_ns = call_schedule_.next_ns();
    call_schedule_.Advance();
    ++calls_due_;
    if (tally.window.Contains(intended_ns)) ++tally.part.generator.intended_calls;
    Client* const client = free_.back();
    free_.pop_back();
    client->Open(intended_ns);
  }
}

void EventLoop::OpenDue(int64_t now_ns) {
  if (context_.stage == Context::Stage::kDraining) return;
  const bool paced = open_schedule_.Runs();
  while (!to_open_.empty() && context_.opening < MostOpening()) {
    const ToOpen next = to_open_.front();
    if (next.not_before_ns > now_ns) break;
    const int64_t slot_ns = open_schedule_.next_ns();
    if (paced && slot_ns > now_ns) break;
    if (paced) open_schedule_.Advance();
    to_open_.pop_front();
    next.client->Open(paced ? std::max(slot_ns, next.not_before_ns) : sys::NowNs());
  }
  // Moments that pass while there is nothing to open are not made up for.
  const bool idle = to_open_.empty() || to_open_.front().not_before_ns > now_ns;
  if (paced && idle && open_schedule_.next_ns() <= now_ns) open_schedule_.Start(now_ns, 1);
}

int EventLoop::MostOpening() const {
  // Whoever takes the place of one who hung up waits for its first echo as long as anybody.
  if (context_.plan.patience && context_.stage == Context::Stage::kRunning) return INT_MAX;
  return std::max(1, kOpeningAtOnce / context_.plan.options.threads);
}

void EventLoop::SortOutClosed(int64_t now_ns) {
  for (Client* client : context_.closed) {
    if (context_.plan.options.calls_per_second > 0) {
      free_.push_back(client);
    } else if (client->failed()) {
      const int64_t apart_ns = kRetryDelayNs / static_cast<int64_t>(clients_.size());
      next_retry_ns_ = std::max(next_retry_ns_ + apart_ns, now_ns + kRetryDelayNs);
      to_open_.push_back({client, next_retry_ns_});
    } else {
      to_open_.push_front({client, 0});
    }
  }
  context_.closed.clear();
}

int64_t EventLoop::NextDueNs() const {
  if (context_.stage == Context::Stage::kDraining) {
    return std::min({last_progress_ns_ + kSilenceNs, drain_started_ns_ + kLongestDrainNs,
                     control_.give_up_ns.load(std::memory_order_relaxed),
                     context_.alarms.next_ns()});
  }
  if (!context_.closed.empty()) return 0;  // closed while it was being opened
  int64_t due_ns = context_.stage == Context::Stage::kOpening
                       ? control_.run_ns.load(std::memory_order_relaxed)
                       : context_.tally.window.end_ns;
  if (!measuring_) due_ns = std::min(due_ns, context_.tally.window.start_ns);
  due_ns = std::min({due_ns, message_schedule_.next_ns(), context_.alarms.next_ns()});
  if (!free_.empty()) due_ns = std::min(due_ns, call_schedule_.next_ns());
  if (!to_open_.empty() && context_.opening < MostOpening()) {
    const int64_t pace_ns = open_schedule_.Runs() ? open_schedule_.next_ns() : 0;
    due_ns = std::min(due_ns, std::max(to_open_.front().not_before_ns, pace_ns));
  }
  return due_ns;
}

void EventLoop::Publish() {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const Tally& tally = context_.tally;
  progress_.ready.store(context_.ready, kRelaxed);
  progress_.suspects.store(context_.suspects, kRelaxed);
  progress_.messages.store(tally.part.messages, kRelaxed);
  progress_.errors.store(tally.error_count, kRelaxed);
  progress_.calls.store(calls_due_, kRelaxed);
  if (seconds_published_ == tally.part.timeline.size()) return;
  seconds_published_ = tally.part.timeline.size();
  progress_.p99_ns.store(tally.RecentP99Ns(), kRelaxed);
}

}  // namespace switchboard::load
