#include "bench/load/staff/plan/cpus.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace switchboard::load::sim {
namespace {

// As Linux does roughly: who has slept may be so far ahead of the others, and who runs so far
// behind.
constexpr int64_t kSliceNs = 3'000'000, kGoodDealNs = 1'000'000;
// Long steps go in pieces, so that others come in between.
constexpr int64_t kPieceNs = 100'000;
// A CPU that has been idle for so long sleeps deeper.
constexpr int64_t kNapNs = 200'000;

}  // namespace

void SimThread::Work(double cost_ns) {
  left_ns_ = std::llround(cost_ns) + std::exchange(cpus_.debt_ns_, 0);
}

void SimThread::Wake() { cpus_.Wake(*this); }

int64_t SimThread::busy_ns() const {
  return busy_ns_ + (runs_since_ns_ == kNever ? 0 : now_ns() - runs_since_ns_);
}

int64_t SimThread::now_ns() const { return cpus_.events_.now_ns(); }

Cpus::Cpus(Events& events, const Costs& costs, int cpus, int seats, uint64_t seed)
    : events_(events),
      costs_(costs),
      random_(seed),
      cpus_(static_cast<size_t>(cpus)),
      taken_seats_(static_cast<size_t>(seats)) {
  const std::vector<Pace> paces = Pace::OfAll(costs.pace, cpus, random_);
  for (Cpu& cpu : cpus_) {
    cpu.all = this;
    cpu.pace = paces[static_cast<size_t>(IndexOf(cpu))];
    idle_.push_back(IndexOf(cpu));
  }
}

void Cpus::Wake(SimThread& thread) {
  if (!std::exchange(thread.asleep_, false)) return;
  Cpu* const cpu = SeatIsFree(thread) ? IdleFor(thread) : nullptr;
  thread.had_ns_ = std::max(thread.had_ns_, least_had_ns_ - kSliceNs);
  if (cpu == nullptr) return Queue(thread);
  std::erase(idle_, IndexOf(*cpu));
  if (in_step_) debt_ns_ += std::llround(costs_.wake);
  Start(*cpu, thread, WakingTakes(*cpu));
}

int64_t Cpus::WakingTakes(const Cpu& cpu) {
  const bool naps = events_.now_ns() - cpu.since_ns > kNapNs;
  const Spread& delay = !naps      ? costs_.wake_delay
                        : in_step_ ? costs_.nap_delay
                                   : costs_.timer_delay;
  return std::llround(delay.At(random_.Fraction()));
}

void Cpus::Queue(SimThread& thread) { waiting_[{thread.had_ns_, queued_++}] = &thread; }

void Cpus::Start(Cpu& cpu, SimThread& thread, int64_t delay_ns) {
  cpu.thread = &thread;
  cpu.seat = thread.seat_;
  if (cpu.seat != SimThread::kNoSeat) taken_seats_[static_cast<size_t>(cpu.seat)] = true;
  thread.last_cpu_ = IndexOf(cpu);
  least_had_ns_ = std::max(least_had_ns_, thread.had_ns_);
  cpu.piece_ns = 0;
  events_.After(delay_ns, cpu);
}

void Cpus::StopClock(SimThread& thread) {
  thread.busy_ns_ = thread.busy_ns();
  thread.runs_since_ns_ = SimThread::kNever;
}

void Cpus::OnPieceOver(Cpu& cpu) {
  SimThread& thread = *cpu.thread;
  const int64_t took_ns = cpu.piece_ns > 0 ? events_.now_ns() - cpu.since_ns : 0;
  thread.left_ns_ -= cpu.piece_ns;
  StopClock(thread);
  thread.had_ns_ += took_ns;
  if (thread.left_ns_ == 0) {
    in_step_ = true;
    thread.Step();
    in_step_ = false;
  }
  if (thread.asleep_) return Leave(cpu);
  if (!MakesWay(thread, cpu.seat)) return Continue(cpu);
  Queue(thread);
  Leave(cpu);
}

// Only for one that can take over: its seat is free, or it is the one that this thread has.
bool Cpus::MakesWay(const SimThread& thread, int seat) {
  const auto first = FirstWaiting(seat);
  return first != waiting_.end() && first->first.first + kGoodDealNs < thread.had_ns_;
}

void Cpus::Continue(Cpu& cpu) {
  cpu.since_ns = cpu.thread->runs_since_ns_ = events_.now_ns();
  cpu.piece_ns = std::min(cpu.thread->left_ns_, kPieceNs);
  events_.After(cpu.pace.Elapsed(cpu.piece_ns, cpu.since_ns), cpu);
}

void Cpus::Leave(Cpu& cpu) {
  debt_ns_ = 0;
  if (cpu.seat != SimThread::kNoSeat) taken_seats_[static_cast<size_t>(cpu.seat)] = false;
  const SimThread* const before = cpu.thread;
  cpu.thread = nullptr;
  cpu.piece_ns = 0;
  SimThread* const next = TakeWaiting();
  if (next == nullptr) {
    cpu.since_ns = events_.now_ns();
    idle_.push_back(IndexOf(cpu));
    return;
  }
  if (next != before) {
    const int64_t takes_ns = cpu.pace.Elapsed(std::llround(costs_.hand_over), events_.now_ns());
    next->runs_since_ns_ = events_.now_ns();
    return Start(cpu, *next, takes_ns);
  }
  Start(cpu, *next, 0);
}

Cpus::Waiting::iterator Cpus::FirstWaiting(int freed_seat) {
  return std::ranges::find_if(waiting_, [&](const auto& each) {
    return SeatIsFree(*each.second) || each.second->seat_ == freed_seat;
  });
}

SimThread* Cpus::TakeWaiting() {
  const auto first = FirstWaiting(SimThread::kNoSeat);
  if (first == waiting_.end()) return nullptr;
  SimThread* const thread = first->second;
  waiting_.erase(first);
  return thread;
}

bool Cpus::SeatIsFree(const SimThread& thread) const {
  return thread.seat_ == SimThread::kNoSeat || !taken_seats_[static_cast<size_t>(thread.seat_)];
}

Cpus::Cpu* Cpus::IdleFor(const SimThread& thread) {
  if (idle_.empty()) return nullptr;
  Cpu& last = cpus_[static_cast<size_t>(thread.last_cpu_)];
  return last.thread == nullptr ? &last : &cpus_[static_cast<size_t>(idle_.back())];
}

}  // namespace switchboard::load::sim
