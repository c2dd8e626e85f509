#include "bench/load/run/load.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/run/collect.h"
#include "bench/load/run/event_loop.h"
#include "bench/load/run/pilot.h"
#include "bench/load/run/preflight.h"
#include "bench/load/run/progress.h"
#include "bench/load/start/barrier.h"
#include "bench/load/target/probe.h"
#include "src/linux/clock.h"

namespace switchboard::load {
namespace {

using EventLoops = std::vector<std::unique_ptr<EventLoop>>;

constexpr auto kTick = std::chrono::milliseconds(50);
// While connections open: nothing opened for this long means that no more will. Whoever starts
// several of these at once fills a backlog easily, and is answered at the fourth try, after 8 s
// more, tcp(7).
constexpr int64_t kOpeningPatienceNs = 3'000'000'000, kPatienceOfManyNs = 12'000'000'000;
// A run of so many messages ends if none was answered for this long.
constexpr int64_t kAnswerPatienceNs = 5'000'000'000;
// What is under way when a run is interrupted may still come for this long.
constexpr int64_t kInterruptedPatienceNs = 500'000'000;
// Local addresses that `auto` calls from, 127.0.1.1 and up: 250 times the ports.
constexpr int kAutoSources = 250;

bool IsIpv4Loopback(const sys::Address& address) {
  return address.family() == AF_INET && address.IsLoopback();
}

// The sources that can call `target`.
std::vector<sys::Address> SourcesFor(const sys::Address& target, const Options& options) {
  std::vector<sys::Address> sources;
  for (const std::string& source : options.sources) {
    const sys::Address address = *sys::NumericAddress(source);
    if (address.family() == target.family()) sources.push_back(address);
  }
  if (!options.source_auto || !IsIpv4Loopback(target)) return sources;
  for (int i = 1; i <= kAutoSources; ++i) {
    sources.push_back(*sys::NumericAddress("127.0.1." + std::to_string(i)));
  }
  return sources;
}

std::vector<Route> RoutesTo(const std::vector<sys::Address>& targets, const Options& options) {
  std::vector<Route> routes;
  for (const sys::Address& target : targets)
    routes.push_back({target, SourcesFor(target, options)});
  return routes;
}

// Throws std::runtime_error if it is in a file that cannot be read.
std::optional<Distribution> PatienceOf(const Options& options) {
  if (!options.HasPatience()) return std::nullopt;
  return Distribution(options.patience);
}

std::vector<std::string> CheckLimits(const Plan& plan) {
  Limits limits = FindLimits();
  limits.local_addresses = 0;
  for (const auto& [target, sources] : plan.routes) {
    limits.local |= target.IsLoopback() || target.IsUnix();
    if (!target.IsUnix()) {
      limits.local_addresses += static_cast<int64_t>(std::max<size_t>(1, sources.size()));
    }
  }
  std::vector<std::string> warnings;
  for (const Obstacle& obstacle : Preflight(plan.options, limits)) {
    if (obstacle.fatal) throw std::runtime_error(obstacle.sentence);
    warnings.push_back(obstacle.sentence);
  }
  return warnings;
}

// The threads of a run. Joins them whatever happens.
class Crew {
 public:
  Crew(const Plan& plan, Control& control) : control_(control) {
    for (int i = 0; i < plan.options.threads; ++i) {
      loops_.push_back(std::make_unique<EventLoop>(plan, control, i));
    }
    try {
      for (const auto& loop : loops_) threads_.emplace_back([&] { loop->Run(); });
    } catch (const std::system_error&) {
      Disband();
      throw std::runtime_error("cannot start " + std::to_string(plan.options.threads) +
                               " threads; ask for fewer with --threads");
    }
  }
  ~Crew() { Disband(); }

  const EventLoops& loops() const { return loops_; }

  void Start(int64_t run_ns, const Pilot& pilot) {
    Follow(pilot);
    control_.run_ns = run_ns;
    Wake();
  }
  void Follow(const Pilot& pilot) {
    control_.end_ns = pilot.end_ns();
    control_.start_ns = pilot.start_ns();
    Wake();
  }
  void End(int64_t now_ns) {
    control_.end_ns = now_ns;
    Wake();
  }
  // Replies that are under way are not waited for any longer than that.
  void GiveUpAt(int64_t give_up_ns) {
    control_.give_up_ns = give_up_ns;
    Wake();
  }
  void Join() {
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  // Once all messages that were asked for are sent, wakes those who have none to wait for.
  void WakeIfNothingIsLeft() {
    if (control_.quota.Empty()) Wake();
  }

  uint64_t Messages() const {
    return Sum<uint64_t>([](const Progress& each) { return each.messages.load(); });
  }
  uint64_t Calls() const {
    return Sum<uint64_t>([](const Progress& each) { return each.calls.load(); });
  }
  int Ready() const {
    return Sum([](const Progress& each) { return each.ready.load(); });
  }
  int Suspects() const {
    return Sum([](const Progress& each) { return each.suspects.load(); });
  }
  bool Done() const {
    return Sum([](const Progress& each) { return each.done.load() ? 1 : 0; }) ==
           static_cast<int>(loops_.size());
  }

 private:
  void Wake() {
    for (const auto& loop : loops_) loop->Wake();
  }
  void Disband() {
    GiveUpAt(0);
    End(0);
    Join();
  }
  template <typename Number = int, typename Field>
  Number Sum(Field field) const {
    Number sum = 0;
    for (const auto& loop : loops_) sum += field(loop->progress());
    return sum;
  }

  Control& control_;
  EventLoops loops_;
  std::vector<std::thread> threads_;
};

bool Stopped(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

// Waits until every connection echoes, or none has begun to for so long that no more will.
void WaitUntilOpen(const Options& options, const Crew& crew, const std::atomic<bool>* stop) {
  if (options.IsChurn()) return;  // its connections come and go from the first moment
  // A slow --connect-rate is not a standstill.
  const double pace_ns = options.connect_rate > 0 ? 1e9 / options.connect_rate : 0;
  const int64_t patience_ns = (options.start.on_stdin ? kPatienceOfManyNs : kOpeningPatienceNs) +
                              static_cast<int64_t>(2 * pace_ns);
  int settled = 0;
  for (int64_t moved_ns = sys::NowNs(); !Stopped(stop);) {
    const int now_settled = crew.Ready() + crew.Suspects();
    if (now_settled >= options.connections) return;
    if (now_settled != settled) moved_ns = sys::NowNs();
    if (sys::NowNs() - moved_ns > patience_ns) return;
    settled = now_settled;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// Machines that begin together must all be whole.
void RequireOpen(const Options& options, const Crew& crew) {
  const int open = crew.Ready() + crew.Suspects();
  if (options.IsChurn() || open >= options.connections) return;
  throw std::runtime_error(
      Format("only %d of %d connections are open, and no more will; nothing was started", open,
             options.connections));
}

// Whether a run that ends after so many messages would go on without an answer for ever. One with a
// schedule of messages ends with the schedule, so it waits for nothing.
class Standstill {
 public:
  Standstill(const Options& options, int64_t start_ns)
      : endless_(options.duration_s == 0 && !options.IsOpenLoop()),
        patience_ns_(kAnswerPatienceNs + TwoOf(options.connect_rate)),
        calls_(options.calls_per_second > 0 ? kUnansweredCalls : 0),
        moved_ns_(start_ns) {}

  bool Lasts(uint64_t messages, uint64_t calls, int64_t now_ns) {
    if (messages != messages_) {
      moved_ns_ = now_ns;
      calls_then_ = calls;
    }
    messages_ = messages;
    // However far apart a schedule has them, some calls were due meanwhile.
    return endless_ && now_ns - moved_ns_ > patience_ns_ && calls >= calls_then_ + calls_;
  }

 private:
  static constexpr uint64_t kUnansweredCalls = 3;

  static int64_t TwoOf(double per_second) {
    return per_second > 0 ? static_cast<int64_t>(2e9 / per_second) : 0;
  }

  const bool endless_;
  const int64_t patience_ns_;
  const uint64_t calls_;
  int64_t moved_ns_;
  uint64_t messages_ = 0;
  uint64_t calls_then_ = 0;
};

using ToldToStop = std::function<bool()>;

// Returns whether the run was interrupted.
bool WaitUntilDone(const Plan& plan, Pilot& pilot, Crew& crew, const ToldToStop& stopped) {
  ProgressLine line(plan.options, pilot);
  Standstill standstill(plan.options, pilot.start_ns());
  bool ended = false, interrupted = false;
  while (!crew.Done()) {
    std::this_thread::sleep_for(kTick);
    line.Show(crew.loops());
    crew.WakeIfNothingIsLeft();
    const int64_t now_ns = sys::NowNs();
    if (!ended && pilot.Look(crew.loops(), now_ns)) crew.Follow(pilot);
    if (!interrupted && stopped()) {
      interrupted = true;
      crew.GiveUpAt(now_ns + kInterruptedPatienceNs);
    }
    const bool all_wrong = crew.Suspects() >= plan.options.connections && crew.Ready() == 0;
    const bool stands = standstill.Lasts(crew.Messages(), crew.Calls(), now_ns);
    if (ended || now_ns >= pilot.end_ns() || !(interrupted || all_wrong || stands)) continue;
    crew.End(now_ns);
    ended = true;
  }
  return interrupted;
}

// A time of this machine's clock by the one that machines have in common.
double SecondsSinceEpoch(int64_t time_ns) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count() +
         static_cast<double>(time_ns - sys::NowNs()) / 1e9;
}

}  // namespace

Report RunLoad(const Options& options, const std::atomic<bool>* stop, Observer* observer) {
  const std::optional<Distribution> patience = PatienceOf(options);
  const Machine machine = ThisMachine();
  const Probed probed = Probe(options, stop);
  Plan plan{options, RoutesTo(probed.addresses, options), probed.greeting, observer, patience};
  // Below 2^53, so that every reader of the report's JSON keeps it whole.
  if (plan.options.seed == 0) plan.options.seed = 1 + (std::random_device{}() & 0x7fffffff);
  const std::vector<std::string> warnings = CheckLimits(plan);

  Control control(plan.options.messages);
  Crew crew(plan, control);
  WaitUntilOpen(options, crew, stop);
  Barrier barrier(options.start);
  if (barrier.Stands() && !Stopped(stop)) RequireOpen(options, crew);
  const int64_t run_ns = barrier.Wait(stop);
  Pilot pilot(plan.options, run_ns);
  crew.Start(run_ns, pilot);
  bool abandoned = false;
  const bool interrupted = WaitUntilDone(plan, pilot, crew, [&] {
    abandoned = barrier.Abandoned();
    return abandoned || Stopped(stop);
  });
  crew.Join();

  Report report = Collect(plan, crew.loops());
  report.machine = machine;
  barrier.Report(report.machine);
  report.warnings = warnings;
  if (abandoned) {
    report.warnings.push_back(
        "standard input ended, and with it the run that it had started; keep it open to the end");
  }
  for (const Route& route : plan.routes) report.addresses.push_back(route.target.ToString());
  report.interrupted = interrupted;
  report.certainty = pilot.Conclude(crew.loops(), report.latency);
  if (pilot.start_ns() != Window::kNever) {
    report.window_start_s = SecondsSinceEpoch(pilot.start_ns());
    report.window_end_s = report.window_start_s + report.seconds;
    report.warmup_took_s = static_cast<double>(pilot.start_ns() - run_ns) / 1e9;
  }
  Judge(report);
  return report;
}

}  // namespace switchboard::load
