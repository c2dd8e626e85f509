#include "tests/sim/kernel/scheduler.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace switchboard::sim {
namespace {

constexpr int64_t kClockLookNs = 1000;

// A run takes some ten thousand turns; one that takes so many goes round in circles.
constexpr int64_t kMostTurns = 3'000'000;

// As only one thread runs at a time, all stay on one CPU: a hand-over there costs half.
void StayOnThisCpu() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(::sched_getcpu()), &set);
  ::sched_setaffinity(0, sizeof(set), &set);
}

void Take(sem_t& baton) {
  while (::sem_wait(&baton) != 0 && errno == EINTR) {
  }
}

}  // namespace

Scheduler::Scheduler(Random& random, World& world) : random_(random), world_(world) {
  StayOnThisCpu();
  threads_.push_back(std::make_unique<Thread>());
  threads_.back()->name = "main";
  ::sem_init(&threads_.back()->baton, 0, 0);
}

Scheduler::~Scheduler() {
  for (const auto& thread : threads_) ::sem_destroy(&thread->baton);
}

void Scheduler::MayYield() {
  if (random_.OneIn(yield_one_in_)) PassBaton();
}

bool Scheduler::WaitUntil(const std::function<bool()>& ready, int64_t due_ns) {
  if (ready()) return true;
  Thread& self = *threads_[running_];
  self.ready = &ready;
  self.due_ns = due_ns;
  PassBaton();
  self.ready = nullptr;
  self.due_ns = kNeverNs;
  return ready();
}

std::thread Scheduler::Spawn(std::function<void()> run) {
  threads_.push_back(std::make_unique<Thread>());
  Thread& self = *threads_.back();
  self.name = "thread-" + std::to_string(threads_.size() - 1);
  ::sem_init(&self.baton, 0, 0);
  std::thread thread([this, &self, run = std::move(run)] {
    Take(self.baton);
    run();
    self.ended = true;
    PassBaton();
  });
  self.id = thread.get_id();
  return thread;
}

void Scheduler::AwaitEnd(std::thread::id id) {
  const auto found = std::find_if(threads_.begin(), threads_.end(),
                                  [id](const auto& thread) { return thread->id == id; });
  Thread& thread = **found;
  WaitUntil([&thread] { return thread.ended; });
  thread.id = {};  // the number may be given to a later thread
}

void Scheduler::Rename(std::string_view name) {
  threads_[running_]->name = std::string(name) + "-" + std::to_string(running_);
}

int64_t Scheduler::LookAtClock() { return now_ns_ += kClockLookNs; }

// Returns when the calling thread has the baton again; at once if it has ended.
void Scheduler::PassBaton() {
  Thread& self = *threads_[running_];
  running_ = Choose();
  Thread& next = *threads_[running_];
  if (&next == &self) return;
  const bool ended = self.ended;  // `self` may be joined as soon as the baton is gone
  ::sem_post(&next.baton);
  if (!ended) Take(self.baton);
}

bool Scheduler::CanRun(const Thread& thread) const {
  if (thread.ended) return false;
  return thread.ready == nullptr || thread.due_ns <= now_ns_ || (*thread.ready)();
}

size_t Scheduler::Choose() {
  for (;;) {
    if (++turns_ > kMostTurns) world_.Stuck("the run does not come to an end");
    std::vector<size_t> can_run;
    for (size_t i = 0; i < threads_.size(); ++i) {
      if (CanRun(*threads_[i])) can_run.push_back(i);
    }
    if (can_run.empty()) {
      if (!world_.Step()) PassTime();
    } else if (const size_t choice = random_.Below(can_run.size() + 1); choice < can_run.size()) {
      return can_run[choice];
    } else if (!world_.Step()) {
      return can_run[random_.Below(can_run.size())];
    }
  }
}

void Scheduler::PassTime() {
  int64_t first_ns = world_.due_ns();
  for (const auto& thread : threads_) {
    if (!thread->ended) first_ns = std::min(first_ns, thread->due_ns);
  }
  if (first_ns == kNeverNs) world_.Stuck("everybody sleeps, and nothing is due");
  now_ns_ = std::max(now_ns_, first_ns);
}

}  // namespace switchboard::sim
