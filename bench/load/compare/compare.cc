#include "bench/load/compare/compare.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

#include "bench/linux/machine.h"
#include "bench/load/base/exit_status.h"
#include "bench/load/base/interrupt.h"
#include "bench/load/base/output_file.h"
#include "bench/load/compare/contender.h"
#include "bench/load/compare/page.h"
#include "bench/load/compare/report.h"
#include "bench/load/compare/statistics.h"
#include "bench/load/options/help.h"
#include "bench/load/run/wrong_echo.h"

namespace switchboard::load {
namespace {

constexpr int kStandardError = 2;

bool Stopped(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

// Whose turn it is, on a terminal.
class TrialLine {
 public:
  explicit TrialLine(const CompareOptions& options)
      : on_(!options.load.quiet && sys::IsTerminal(kStandardError)) {}
  ~TrialLine() { Show(""); }

  void Show(const std::string& text) {
    if (on_) std::fprintf(stderr, "\r\033[K%s", text.c_str());
  }

 private:
  const bool on_;
};

// The targets, each with what it has shown so far.
class Contest {
 public:
  Contest(const CompareOptions& options, const std::atomic<bool>* stop)
      : options_(options), stop_(stop), random_(options.load.seed), line_(options) {
    for (const TargetSpec& spec : options.targets) {
      if (Stopped(stop)) return;
      line_.Show("starting " + spec.name);
      targets_.push_back(std::make_unique<Contender>(spec, options, stop));
    }
    trials_.resize(targets_.size());
    events_.resize(targets_.size());
  }

  // Rounds of trials, as many as were asked for or until it is stopped.
  int PlayRounds() {
    int round = 0;
    for (; round < options_.rounds; ++round) {
      for (const size_t i : ShuffledOrder()) {
        Announce("round", round, options_.rounds, i);
        const std::optional<Trial> trial = targets_[i]->RunTrial(Seed(round), stop_);
        if (!trial) return round;
        trials_[i].push_back(*trial);
      }
    }
    return round;
  }

  // Counting slows what is counted, so it has rounds of its own; counts vary less than times, so
  // that half as many are enough.
  int PlayEventRounds() {
    const int rounds = (options_.rounds + 1) / 2;
    int round = 0;
    for (; round < rounds; ++round) {
      for (const size_t i : ShuffledOrder()) {
        if (!targets_[i]->started_here()) continue;
        Announce("counting round", round, rounds, i);
        const auto events = targets_[i]->CountEvents(Seed(options_.rounds + round), stop_);
        if (!events) return round;
        events_[i].push_back(*events);
      }
    }
    return round;
  }

  std::vector<TargetResult> Results(int rounds) const {
    std::vector<TargetResult> results;
    for (size_t i = 0; i < targets_.size(); ++i) {
      TargetResult result{options_.targets[i], trials_[i], MedianEvents(events_[i])};
      result.trials.resize(static_cast<size_t>(rounds));  // a round cut short does not count
      results.push_back(std::move(result));
    }
    return results;
  }

  bool HasStarted() const {
    return std::ranges::any_of(targets_, [](const auto& each) { return each->started_here(); });
  }
  std::string EventObstacle() const {
    for (const auto& target : targets_) {
      if (!target->event_obstacle().empty()) return target->event_obstacle();
    }
    return "";
  }

 private:
  uint64_t Seed(int round) const { return options_.load.seed + static_cast<uint64_t>(round); }

  std::vector<size_t> ShuffledOrder() {
    std::vector<size_t> order(targets_.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random_);
    return order;
  }

  void Announce(const char* what, int round, int rounds, size_t target) {
    line_.Show(std::string(what) + " " + std::to_string(round + 1) + "/" + std::to_string(rounds) +
               ": " + options_.targets[target].name);
  }

  static Events MedianEvents(const std::vector<Events>& all) {
    std::vector<double> calls, switches;
    for (const Events& each : all) {
      if (each.system_calls) calls.push_back(*each.system_calls);
      if (each.context_switches) switches.push_back(*each.context_switches);
    }
    Events median;
    if (!calls.empty()) median.system_calls = Median(calls);
    if (!switches.empty()) median.context_switches = Median(switches);
    return median;
  }

  const CompareOptions& options_;
  const std::atomic<bool>* const stop_;
  std::mt19937_64 random_;
  TrialLine line_;
  std::vector<std::unique_ptr<Contender>> targets_;
  std::vector<std::vector<Trial>> trials_;
  std::vector<std::vector<Events>> events_;
};

}  // namespace

Comparison Compare(const CompareOptions& options, const std::atomic<bool>* stop) {
  Comparison comparison;
  comparison.title = options.title;
  comparison.notes = options.notes;
  comparison.command = options.command;
  comparison.load = options.load;
  comparison.machine = ThisMachine();
  comparison.rounds_asked = options.rounds;
  Contest contest(options, stop);
  if (!Stopped(stop)) comparison.rounds = contest.PlayRounds();
  if (comparison.rounds == 0) {
    throw std::runtime_error("interrupted before a round was complete; nothing is compared");
  }
  if (!Stopped(stop) && contest.HasStarted()) comparison.event_rounds = contest.PlayEventRounds();
  comparison.targets = contest.Results(comparison.rounds);
  comparison.event_obstacle = contest.EventObstacle();
  return comparison;
}

int CompareMain(int argc, char** argv) {
  const CompareOptions options = ParseCompareOptions(argc, argv);
  if (options.help) {
    std::fputs(HelpText(kCompare).c_str(), stdout);
    return 0;
  }
  OutputFile json(options.outputs.json_path), html(options.outputs.html_path);
  try {
    const Comparison comparison = Compare(options, &CatchInterrupts());
    WriteAll(ToText(comparison), options.outputs.Text(),
             {{json, ToJson(comparison).ToString()}, {html, ToHtml(comparison)}});
    return 0;
  } catch (const WrongEcho& error) {
    std::fprintf(stderr, "switchboard-load: %s\n", error.what());
    return kExitVerification;
  }
}

}  // namespace switchboard::load
