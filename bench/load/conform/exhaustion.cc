// Checks of what happens when the server's descriptors run out, on an instance of their own.

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/linux/inspect.h"
#include "bench/linux/process_tree.h"
#include "bench/load/conform/caller.h"
#include "bench/load/conform/check.h"
#include "bench/load/target/started_server.h"

namespace switchboard::load {
namespace {

constexpr int64_t kDescriptors = 128;  // enough for any runtime to start
constexpr int kCallers = 200;
constexpr int kPatienceMs = 10'000;

// A server that has more callers than descriptors.
struct Exhausted {
  StartedServer server;
  Subject subject;
  std::vector<Caller> answered;
  std::vector<Caller> waiting;
  int refused = 0;

  Exhausted(const Subject& original, Deadline deadline)
      : server(original.command, kDescriptors, deadline) {
    subject.address = server.address();
    subject.greeting = original.greeting;
    subject.seed = original.seed;
    std::vector<Caller> callers;
    for (int i = 0; i < kCallers; ++i) {
      try {
        Caller caller(subject, deadline);
        caller.Send(caller.Take(64));
        callers.push_back(std::move(caller));
      } catch (const Failed&) {
        ++refused;
      }
    }
    Sort(std::move(callers), deadline);
    if (answered.size() == kCallers) throw Skipped("descriptors did not run out: " + Counts());
  }

  std::string Counts() const {
    return "of 200 callers at 128 descriptors " + std::to_string(answered.size()) +
           " were answered, " + std::to_string(waiting.size()) + " waited, " +
           std::to_string(refused) + " were refused or hung up on";
  }

 private:
  // All have been sorted when nobody has been answered for a second.
  void Sort(std::vector<Caller> callers, Deadline deadline) {
    constexpr int kSettledMs = 1000;
    // For the first, as a server may be slow to begin.
    Deadline settled(std::min(kPatienceMs, deadline.RemainingMs()));
    for (Caller& caller : callers) {
      try {
        const bool echoed = caller.CatchUpBefore(settled);
        if (echoed) settled = Deadline(std::min(kSettledMs, deadline.RemainingMs()));
        (echoed ? answered : waiting).push_back(std::move(caller));
      } catch (const HungUp&) {
        ++refused;
      }
    }
  }
};

Exhausted Exhaust(const Subject& subject, Deadline deadline) {
  if (subject.command.empty()) {
    throw Skipped("needs --command, to start an instance that has 128 descriptors");
  }
  return Exhausted(subject, deadline);
}

// A new caller may come before the server has noticed that others left, and be refused; not for
// long.
void ExpectNewService(Exhausted& exhausted, const std::string& counts, Deadline patience) {
  for (;;) {
    try {
      Caller caller(exhausted.subject, patience);
      caller.Echo(caller.Take(64));
      return;
    } catch (const Failed& failed) {
      const bool refused = dynamic_cast<const HungUp*>(&failed) != nullptr;
      const bool ended = !exhausted.server.Running();
      if (!refused || ended || patience.Passed()) {
        throw Failed(counts + "; afterwards a new caller got no echo: " + failed.what() +
                     (ended ? "; the process has ended" : ""));
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// How busy a program and what it has started are for half a second.
int64_t BusyPercent(int pid) {
  constexpr int kWatchedMs = 500;
  const int64_t begin_ms = sys::NowMs();
  const int64_t before_ms = sys::SumOverTree(pid, sys::BusyTimeMs);
  std::this_thread::sleep_for(std::chrono::milliseconds(kWatchedMs));
  const int64_t after_ms = sys::SumOverTree(pid, sys::BusyTimeMs);
  return std::max<int64_t>(after_ms - before_ms, 0) * 100 / (sys::NowMs() - begin_ms);
}

}  // namespace

std::string CheckDescriptorsOutRecovers(Subject& subject, Deadline deadline) {
  Exhausted exhausted = Exhaust(subject, deadline);
  const std::string counts = exhausted.Counts();
  exhausted.answered.clear();  // frees their descriptors
  const int64_t begin_ms = sys::NowMs();
  const Deadline patience(std::min(kPatienceMs, deadline.RemainingMs()));
  // Nobody new calls meanwhile: the server must come back for those that wait by itself. Each makes
  // room for the next, as there may be more of them than descriptors.
  for (Caller& caller : exhausted.waiting) {
    try {
      if (!caller.CatchUpBefore(patience)) {
        throw Failed(counts +
                     "; one that waited was not answered within 10 s after the others left");
      }
      caller.HangUp();
    } catch (const HungUp&) {
    }
  }
  const int64_t recovered_ms = sys::NowMs() - begin_ms;
  ExpectNewService(exhausted, counts, patience);
  return counts + "; after the others left, all were served or refused within " +
         std::to_string(recovered_ms) + " ms";
}

std::string CheckDescriptorsOutIdles(Subject& subject, Deadline deadline) {
  constexpr int kWindows = 6;
  constexpr int64_t kPercentAllowed = 40;
  Exhausted exhausted = Exhaust(subject, deadline);
  // What waits for a CPU that others use looks busy for a while; what spins always does.
  int64_t percent = 100;
  for (int i = 0; i < kWindows && percent > kPercentAllowed; ++i) {
    percent = std::min(percent, BusyPercent(exhausted.server.pid()));
  }
  if (!exhausted.server.Running()) throw Failed(exhausted.Counts() + "; then the process ended");
  const std::string seen = "was busy " + std::to_string(percent) + " % of the time while " +
                           std::to_string(exhausted.waiting.size()) +
                           " callers waited for a descriptor";
  if (percent > kPercentAllowed) throw Failed(seen);
  return seen;
}

}  // namespace switchboard::load
