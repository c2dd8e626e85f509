#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "bench/load/staff/costs.h"
#include "bench/load/staff/plan/generator.h"
#include "bench/load/staff/plan/process.h"
#include "bench/load/staff/plan/random.h"
#include "bench/load/staff/plan/scenario.h"

namespace switchboard::load::sim {
namespace {

// Said and not answered: an open loop that falls behind so far says no more than is answered, as
// more of it would only take memory, and less of it would be another load.
constexpr size_t kMostInFlight = 4 << 20;
// An open loop keeps up if at least so much of what is said meanwhile is answered.
constexpr double kKeptUp = 0.98;

// A host with everything on it, and the books of what is measured.
class Simulation final : Audience, Generator::Owner, Timer {
 public:
  Simulation(const Scenario& scenario, const Costs& costs)
      : scenario_(scenario),
        random_(~scenario.seed),  // apart from the numbers of the services
        cpus_(events_, costs, scenario.cpus, scenario.processes, random_.Word()),
        callers_(scenario.callers),
        host_{scenario, cpus_, callers_, this},
        generator_(cpus_, *this, scenario.size_bytes, static_cast<double>(scenario.callers)) {
    if (!scenario.service_time.empty()) host_.service.emplace(scenario.service_time);
    for (int i = 0; i < scenario.processes; ++i) {
      processes_.push_back(std::make_unique<Process>(host_, i));
    }
    // In a closed loop each speaks twice before anything is known of the usual state.
    each_ = scenario.IsOpen() ? scenario.messages : std::max(scenario.messages, scenario.callers);
  }

  Outcome Run() {
    if (scenario_.IsOpen()) {
      events_.After(Gap(), *this);
    } else {
      for (CallerId caller = 0; caller < callers_.count(); ++caller) Speak(caller);
    }
    RunUntil(each_);
    Begin();
    RunUntil(2 * each_);
    return End();
  }

 private:
  // ---- Who speaks.

  void OnTime() override {
    said_ += 1;
    Speak(static_cast<CallerId>(random_.Below(callers_.count())));
    if (callers_.messages() < kMostInFlight) return events_.After(Gap(), *this);
    fell_behind_ = pauses_ = true;
  }

  int64_t Gap() { return std::llround(-std::log1p(-random_.Fraction()) * 1e9 / scenario_.rate); }

  void Speak(CallerId caller) {
    callers_.Say(caller, events_.now_ns());
    scenario_.generator_here ? generator_.Say(caller) : Send(caller);
  }

  void Send(CallerId caller) override { processes_[caller % processes_.size()]->Deliver(caller); }

  void Hear(CallerId caller) override {
    if (scenario_.generator_here) return generator_.Hear(caller);
    Received(caller, events_.now_ns());
    if (SpeaksAgain()) Send(caller);
  }

  void Received(CallerId caller, int64_t when_ns) override {
    const int64_t since_ns = callers_.Answered(caller);
    ++answered_;
    if (measuring_) outcome_.latency.Record(when_ns - since_ns);
    if (SpeaksAgain()) callers_.Say(caller, when_ns);
    if (std::exchange(pauses_, false)) events_.After(Gap(), *this);
  }

  bool SpeaksAgain() const override { return !scenario_.IsOpen(); }

  // ---- What is measured.

  void RunUntil(int64_t answered) {
    while (answered_ < answered) {
      if (!events_.Next()) throw std::logic_error("a simulated host has come to a standstill");
    }
  }

  struct Books {
    double at_ns = 0, said = 0, answered = 0, reactor_ns = 0, workers_ns = 0, companion_ns = 0,
           occupied_ns = 0, generator_ns = 0, wakes = 0, services = 0, service_ns = 0, jobs = 0,
           waited = 0, wait_ns = 0;
  };

  Books Now() const {
    Books books{.at_ns = static_cast<double>(events_.now_ns()),
                .said = static_cast<double>(said_),
                .answered = static_cast<double>(answered_),
                .generator_ns = static_cast<double>(generator_.busy_ns()),
                .wakes = static_cast<double>(host_.wakes),
                .services = static_cast<double>(host_.services),
                .service_ns = host_.service_ns,
                .jobs = static_cast<double>(host_.jobs),
                .waited = static_cast<double>(host_.waited),
                .wait_ns = host_.wait_ns};
    for (const auto& process : processes_) {
      books.reactor_ns += static_cast<double>(process->reactor_ns());
      books.companion_ns += static_cast<double>(process->companion_ns());
      books.workers_ns += static_cast<double>(process->workers_cpu_ns());
      books.occupied_ns += static_cast<double>(process->workers_ns());
    }
    return books;
  }

  void Begin() {
    measuring_ = true;
    before_ = Now();
  }

  Outcome End() {
    const Books now = Now(), &before = before_;
    const double ns = std::max(1.0, now.at_ns - before.at_ns);
    const double answered = now.answered - before.answered, said = now.said - before.said;
    const double jobs = std::max(1.0, now.jobs - before.jobs);
    outcome_.seconds = ns / 1e9;
    outcome_.per_second = answered / outcome_.seconds;
    outcome_.keeps_up = !scenario_.IsOpen() || (!fell_behind_ && answered >= kKeptUp * said);
    // More can only have come by chance.
    if (scenario_.IsOpen() && outcome_.keeps_up) {
      outcome_.per_second = std::min(outcome_.per_second, scenario_.rate);
    }
    const double reactors = ns * scenario_.processes;
    outcome_.reactor = (now.reactor_ns - before.reactor_ns) / reactors;
    outcome_.companion = (now.companion_ns - before.companion_ns) / reactors;
    outcome_.workers = (now.occupied_ns - before.occupied_ns) / (reactors * scenario_.workers);
    outcome_.generator = (now.generator_ns - before.generator_ns) / ns;
    outcome_.cpus = (now.reactor_ns + now.workers_ns + now.generator_ns - before.reactor_ns -
                     before.workers_ns - before.generator_ns) /
                    (ns * scenario_.cpus);
    outcome_.wakes_per_message = (now.wakes - before.wakes) / std::max(1.0, answered);
    outcome_.mean_service_ns = now.services > 0 ? now.service_ns / now.services : 0;
    outcome_.p_wait = (now.waited - before.waited) / jobs;
    outcome_.mean_wait_ns = (now.wait_ns - before.wait_ns) / jobs;
    return std::move(outcome_);
  }

  const Scenario& scenario_;
  Events events_;
  Random random_;
  Cpus cpus_;
  Callers callers_;
  Host host_;
  Generator generator_;
  std::vector<std::unique_ptr<Process>> processes_;

  int64_t each_ = 0, said_ = 0, answered_ = 0;
  bool measuring_ = false, fell_behind_ = false, pauses_ = false;
  Books before_;
  Outcome outcome_;
};

}  // namespace

Outcome Simulate(const Scenario& scenario, const Costs& costs) {
  return Simulation(scenario, costs).Run();
}

}  // namespace switchboard::load::sim
