#include "tests/sim/world/trial.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "src/services/services.h"
#include "switchboard/server.h"
#include "tests/sim/world/oracle.h"

namespace switchboard::sim {
namespace {

// Far longer than anything that the server may wait for once faults and pauses are over.
constexpr int64_t kLongestEndNs = 300'000'000'000;

// Echoes after a while, as a service does that waits for a disk.
class SlowEcho : public Service {
 public:
  explicit SlowEcho(int64_t slowest_ns) : slowest_ns_(slowest_ns) {}

  Next OnRead(Call&) override {
    const Seam seam(SystemCall::kClock);
    Machine& machine = Machine::Here();
    const int64_t until_ns = machine.scheduler.now_ns() + machine.random.Between(0, slowest_ns_);
    machine.scheduler.WaitUntil([] { return false; }, until_ns);
    return Next::kRead;
  }

 private:
  const int64_t slowest_ns_;
};

// How many calls a service has heard begin and end.
struct Heard {
  std::atomic<uint64_t> begun{0}, ended{0};
};

// Another service, and what it hears. One that does not speak first is told of no beginning.
class Witness : public Service {
 public:
  Witness(std::shared_ptr<Service> inner, Heard& heard) : inner_(std::move(inner)), heard_(heard) {}

  Traits traits() const override { return inner_->traits(); }
  Next OnOpen(Call& call) override {
    ++heard_.begun;
    return inner_->OnOpen(call);
  }
  Next OnRead(Call& call) override { return inner_->OnRead(call); }
  Next OnContinue(Call& call) override { return inner_->OnContinue(call); }
  void GiveUp() override { inner_->GiveUp(); }
  void OnClose(uint64_t state) override {
    if (traits().speaks_first) ++heard_.ended;
    inner_->OnClose(state);
  }

 private:
  const std::shared_ptr<Service> inner_;
  Heard& heard_;
};

// The calling thread is in the server's own code.
struct InServer {
  InServer() { Seam::SetServer(true); }
  ~InServer() { Seam::SetServer(false); }
  InServer(const InServer&) = delete;
  InServer& operator=(const InServer&) = delete;
};

class Trial {
 public:
  explicit Trial(const TrialPlan& plan);
  TrialReport Run();

 private:
  void Serve();
  void Operate(Server& server);
  void EndPhases(Server& server);
  int64_t NextSignalNs();
  [[noreturn]] void Fail(const std::string& why);

  const TrialPlan& plan_;
  Machine machine_;
  std::vector<std::unique_ptr<Caller>> callers_;
  TrialReport report_;
};

Trial::Trial(const TrialPlan& plan) : plan_(plan), machine_(plan.machine) {
  if (plan.print_trace) machine_.trace.Print();
  machine_.scheduler.SetYieldOneIn(plan.yield_one_in);
  machine_.on_stuck = [this](const std::string& why) { Fail(why); };
  for (const CallerPlan& each : plan.callers) {
    const int number = static_cast<int>(callers_.size());
    callers_.push_back(std::make_unique<Caller>(machine_, number, each));
  }
}

TrialReport Trial::Run() {
  machine_.faults.FailOnce(plan_.once_call, plan_.once_k, plan_.once_fault);
  Serve();
  report_.ended_ns = machine_.scheduler.now_ns();
  report_.trace_hash = machine_.trace.hash();
  report_.faults = machine_.faults;
  for (const auto& caller : callers_) report_.heard_bytes += caller->heard_bytes();
  report_.failure = Judge(plan_, report_, machine_, callers_);
  return report_;
}

void Trial::Serve() {
  Heard heard;
  Services services = ShippedServices(plan_.options);
  services["slow"] = std::make_shared<SlowEcho>(plan_.slowest_ns);
  for (auto& [name, service] : services) service = std::make_shared<Witness>(service, heard);
  std::optional<Server> server;
  try {
    const InServer scope;
    server.emplace(plan_.options, services);
  } catch (const std::exception&) {
    return;  // one sentence for the user; what matters here is that nothing is left
  }
  report_.started = true;
  for (const auto& caller : callers_) machine_.AddActor(caller.get());
  if (plan_.fault_one_in > 0) machine_.faults.FailRandomly(plan_.fault_one_in);
  std::thread operating = machine_.scheduler.Spawn([&] { Operate(*server); });
  try {
    const InServer scope;
    server->Run();
  } catch (const std::exception& error) {
    Fail(std::string("Run has thrown ") + error.what());
  }
  machine_.scheduler.AwaitEnd(operating.get_id());
  operating.join();
  report_.stats = server->GetStats();
  report_.calls_begun = heard.begun;
  report_.calls_ended = heard.ended;
}

// When the operator asks for the counters again.
int64_t Trial::NextSignalNs() {
  return machine_.scheduler.now_ns() + machine_.random.Between(1, 1'000'000'000);
}

// Calm, then the end.
void Trial::Operate(Server& server) {
  const Seam seam(SystemCall::kClock);
  Scheduler& scheduler = machine_.scheduler;
  scheduler.Rename("operator");
  const auto all_done = [this] {
    return std::all_of(callers_.begin(), callers_.end(), [](const auto& c) { return c->done(); });
  };
  const int64_t first_ns = std::min(plan_.calm_ns, plan_.stop_ns);
  while (!scheduler.WaitUntil(all_done, std::min(first_ns, NextSignalNs())) &&
         scheduler.now_ns() < first_ns) {
    server.LogStats();
  }
  if (plan_.stop_ns <= plan_.calm_ns) {
    server.Stop();
    EndPhases(server);
  }
  scheduler.WaitUntil(all_done, plan_.calm_ns);
  if (plan_.fault_one_in > 0) machine_.faults.Stop();
  for (const auto& caller : callers_) caller->Hurry();
  scheduler.WaitUntil(all_done, std::min(plan_.stop_ns, scheduler.now_ns() + kLongestEndNs));
  report_.mapped_bytes = machine_.mapped_bytes;
  server.Stop();
  EndPhases(server);
  if (!scheduler.WaitUntil(all_done, scheduler.now_ns() + kLongestEndNs)) {
    Fail("somebody waits for ever");
  }
}

void Trial::EndPhases(Server& server) {
  if (!plan_.ends_phases) return;
  do {
    const int64_t until_ns = machine_.scheduler.now_ns() + machine_.random.Between(0, 500'000'000);
    machine_.scheduler.WaitUntil([] { return false; }, until_ns);
  } while (server.EndPhase());
}

// For what cannot be unwound: threads of the server are in the middle of something. An abort, and
// not an exit, so that a fuzzer keeps the input.
void Trial::Fail(const std::string& why) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s: %s\n", plan_.name.c_str(), why.c_str());
  for (const auto& caller : callers_) {
    std::fprintf(stderr, "  %s\n", caller->Describe().c_str());
  }
  std::abort();
}

}  // namespace

TrialReport Run(const TrialPlan& plan) { return Trial(plan).Run(); }

Options DefaultOptions() {
  Options options;
  const auto at = [](uint16_t port) { return "127.0.0.1:" + std::to_string(port); };
  options.listen = {{at(kEchoPort), "echo"},
                    {at(kSlowPort), "slow"},
                    {at(kDiscardPort), "discard"},
                    {at(kChargenPort), "chargen"},
                    {at(kProxyPort), "echo", true}};
  options.proxy_from = {"127.0.0.0/8"};
  options.proxy_timeout_ms = 3000;
  options.workers = 2;
  options.service_workers = {{"slow", 2}};
  options.read_buffer_bytes = 4096;
  return options;
}

}  // namespace switchboard::sim
