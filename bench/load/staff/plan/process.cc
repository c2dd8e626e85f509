#include "bench/load/staff/plan/process.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "src/hand_over.h"

namespace switchboard::load::sim {
namespace {

constexpr double kLongJobNs = hand_over::kLongJobNs, kMemoryNs = hand_over::kMemoryNs;
constexpr double kWorkPerWorkerNs = hand_over::kWorkPerWorkerNs;
constexpr int64_t kLongestPauseNs = hand_over::kLongestPauseUs * 1000;
using hand_over::kEventsPerRound;
using hand_over::kJobsPerLook;

}  // namespace

Process::Process(Host& host, int seat)
    : host_(host),
      seat_(seat),
      may_block_(host.service && !host.scenario.cpu_service),
      reactor_(*this, seat) {
  for (int i = 0; i < host.scenario.workers; ++i) {
    const bool companion = i == 0 && !may_block_;
    workers_.push_back(std::make_unique<Worker>(*this, companion ? seat : SimThread::kNoSeat));
  }
  // All asleep, the companion to be woken first.
  for (auto worker = workers_.rbegin(); worker != workers_.rend(); ++worker) {
    sleepers_.push_back(worker->get());
  }
}

void Process::Deliver(CallerId caller) { reactor_.Deliver(caller); }

int64_t Process::workers_cpu_ns() const {
  int64_t sum_ns = 0;
  for (const auto& worker : workers_) sum_ns += worker->busy_ns();
  return sum_ns;
}

int64_t Process::workers_ns() const {
  int64_t sum_ns = 0;
  for (const auto& worker : workers_) sum_ns += worker->occupied_ns();
  return sum_ns;
}

// ---- The reactor.

void Process::Reactor::Deliver(CallerId caller) {
  Callers& callers = process_.host_.callers;
  callers.Deliver(caller);
  if (callers.Has(caller, Callers::kListed)) return;
  callers.Set(caller, Callers::kListed);
  events_.push_back(caller);
  if (std::exchange(sleeps_, false)) Wake();
}

void Process::Reactor::GiveBack(CallerId caller) {
  given_back_.push_back(caller);
  if (std::exchange(sleeps_, false)) Wake();
}

void Process::Reactor::EndPause() {
  process_.reactor_pauses_ = false;
  Wake();
}

void Process::Reactor::OnTime() {
  timer_is_set_ = false;
  if (!process_.reactor_pauses_) return;
  const int64_t over_ns = paused_ns_ + kLongestPauseNs;
  if (now_ns() < over_ns) {
    timer_is_set_ = true;
    return cpus_.events().At(over_ns, *this);
  }
  process_.job_ns_ = std::max(process_.job_ns_, static_cast<double>(kLongestPauseNs));
  if (process_.OneMoreIsWanted()) process_.WakeOne();
  EndPause();
}

void Process::Reactor::Step() {
  switch (at_) {
    case At::kLook:
      return Look();
    case At::kPoll:
      return Polled();
    case At::kRound:
      process_.Publish(batch_);
      batch_.clear();
      return Look();
  }
}

// About to sleep, unless there is a reason not to.
void Process::Reactor::Look() {
  if (std::exchange(process_.worth_a_pause_, false) && process_.AreShort()) {
    at_ = At::kPoll;
    may_sleep_ = false;
    if (process_.queue_.empty()) return Work(cpus_.costs().poll);
    process_.reactor_pauses_ = true;
    at_ = At::kLook;
    paused_ns_ = now_ns();
    if (!std::exchange(timer_is_set_, true)) cpus_.events().After(kLongestPauseNs, *this);
    return Sleep();
  }
  Poll(given_back_.empty());
}

void Process::Reactor::Poll(bool may_sleep) {
  at_ = At::kPoll;
  may_sleep_ = may_sleep;
  Work(cpus_.costs().poll);
}

// What epoll has found is read, all in one step, as nobody hears of it before the round's end.
void Process::Reactor::Polled() {
  const Costs& costs = cpus_.costs();
  if (events_.empty() && given_back_.empty()) {
    if (!may_sleep_) return Poll(true);
    sleeps_ = true;
    return Sleep();
  }
  const size_t events = std::min(events_.size(), kEventsPerRound);
  for (size_t i = 0; i < events; ++i) {
    process_.host_.callers.Clear(events_.front(), Callers::kListed);
    Read(events_.front());
    events_.pop_front();
  }
  for (; !given_back_.empty(); given_back_.pop_front()) Read(given_back_.front());
  at_ = At::kRound;
  const Scenario& scenario = process_.host_.scenario;
  const double read =
      costs.job + costs.Read(scenario.size_bytes, static_cast<double>(scenario.callers));
  Work(static_cast<double>(events) * costs.poll_event + static_cast<double>(batch_.size()) * read);
}

// One message. Who has said more is given back once a worker has answered it, so that the event of
// a caller whom a worker has says nothing new.
void Process::Reactor::Read(CallerId caller) {
  Callers& callers = process_.host_.callers;
  if (callers.Has(caller, Callers::kAtWorker) || !callers.HasUnread(caller)) return;
  callers.Set(caller, Callers::kAtWorker);
  callers.Read(caller);
  batch_.push_back(caller);
}

// ---- The workers.

void Process::Worker::Step() {
  switch (at_) {
    case At::kIdle:
      return AwaitJob();
    case At::kServing:
      asleep_ns_ += AsleepNow();
      return WriteReply(0);
    case At::kWriting:
      return Written();
  }
}

void Process::Worker::AwaitJob() {
  const std::optional<CallerId> job = process_.PopJob();
  if (!job) {
    at_ = At::kIdle;
    process_.FallAsleep(*this);
    return Sleep();
  }
  ++process_.busy_;
  caller_ = *job;
  jobs_ = 0;
  took_ns_ = 0;
  Serve();
}

void Process::Worker::Serve() {
  Host& host = process_.host_;
  if (!host.service) return WriteReply(0);
  const int64_t service_ns = host.service->DrawNs(host.scenario.seed, host.services++);
  host.service_ns += static_cast<double>(service_ns);
  if (host.scenario.cpu_service) return WriteReply(static_cast<double>(service_ns));
  at_ = At::kServing;
  asleep_since_ns_ = now_ns();
  busy_then_ns_ = busy_ns();
  cpus_.events().After(service_ns, *this);
  Sleep();
}

// In the service that it is in; the CPU time until it runs again is not sleep.
int64_t Process::Worker::AsleepNow() const {
  if (at_ != At::kServing) return 0;
  return now_ns() - asleep_since_ns_ - (busy_ns() - busy_then_ns_);
}

void Process::Worker::WriteReply(double before_ns) {
  const Scenario& scenario = process_.host_.scenario;
  at_ = At::kWriting;
  const double cost_ns =
      before_ns + cpus_.costs().Write(scenario.size_bytes, static_cast<double>(scenario.callers));
  took_ns_ += cost_ns;
  Work(cost_ns);
}

void Process::Worker::Written() {
  Callers& callers = process_.host_.callers;
  callers.Clear(caller_, Callers::kAtWorker);
  if (callers.HasUnread(caller_) && !callers.Has(caller_, Callers::kListed)) {
    process_.reactor_.GiveBack(caller_);
  }
  process_.host_.audience->Hear(caller_);
  ++jobs_;
  if (jobs_ < kJobsPerLook && process_.AreShort()) {
    if (const std::optional<CallerId> job = process_.PopJob()) {
      caller_ = *job;
      return Serve();
    }
  }
  process_.FinishJobs(jobs_, took_ns_);
  AwaitJob();
}

// ---- The hand-over rule.

void Process::Publish(const std::vector<CallerId>& batch) {
  if (batch.empty()) return;
  const int64_t now_ns = host_.cpus.events().now_ns();
  for (const CallerId caller : batch) queue_.push_back({caller, now_ns});
  const bool wanted = OneMoreIsWanted() && !sleepers_.empty();
  worth_a_pause_ = AreShort() && (queue_.size() > 1 || !wanted);
  if (wanted) WakeOne();
}

std::optional<CallerId> Process::PopJob() {
  if (queue_.empty()) return std::nullopt;
  const Job job = queue_.front();
  queue_.pop_front();
  const int64_t waited_ns = host_.cpus.events().now_ns() - job.published_ns;
  ++host_.jobs;
  if (waited_ns > 0) ++host_.waited;
  host_.wait_ns += static_cast<double>(waited_ns);
  if (!queue_.empty() && OneMoreIsWanted()) WakeOne();
  return job.caller;
}

bool Process::AreShort() const { return !may_block_ && job_ns_ < kLongJobNs; }

bool Process::OneMoreIsWanted() const {
  const size_t awake = workers_.size() - sleepers_.size();
  if (!AreShort()) return queue_.size() > awake - std::min(awake, busy_);
  if (awake == 0) return true;
  return static_cast<double>(queue_.size()) * job_ns_ >
         static_cast<double>(awake) * kWorkPerWorkerNs;
}

void Process::WakeOne() {
  if (sleepers_.empty()) return;
  Worker* const worker = sleepers_.back();
  sleepers_.pop_back();
  ++host_.wakes;
  worker->WakeUp();
}

void Process::FallAsleep(Worker& worker) {
  const bool companion_sleeps = !sleepers_.empty() && sleepers_.back() == workers_.front().get();
  sleepers_.insert(sleepers_.end() - (companion_sleeps ? 1 : 0), &worker);
}

void Process::FinishJobs(int jobs, double took_ns) {
  NoteCost(jobs, took_ns);
  --busy_;
  const bool done = busy_ == 0 && queue_.empty();
  if (reactor_pauses_ && (done || !AreShort())) reactor_.EndPause();
}

void Process::NoteCost(int jobs, double took_ns) {
  if (took_ns > 0) job_ns_ += (took_ns / jobs - job_ns_) * took_ns / (took_ns + kMemoryNs);
  workers_.front()->TakeSeat(AreShort() ? seat_ : SimThread::kNoSeat);
}

}  // namespace switchboard::load::sim
