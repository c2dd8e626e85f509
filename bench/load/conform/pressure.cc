// Checks with callers that ask for too much, and with many of them.

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "bench/linux/inspect.h"
#include "bench/linux/process_tree.h"
#include "bench/load/base/units.h"
#include "bench/load/conform/caller.h"
#include "bench/load/conform/check.h"
#include "src/linux/process.h"

namespace switchboard::load {
namespace {

constexpr int64_t kMiB = 1 << 20;

std::string MiB(int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f MiB", static_cast<double>(bytes) / kMiB);
  return text;
}

// A caller that sends as fast as the server takes it, on a thread of its own, until Stop.
class Firehose {
 public:
  Firehose(Subject& subject, Deadline deadline)
      : caller_(subject, deadline), thread_([this] { Spray(); }) {}
  ~Firehose() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  // Waits until all that was sent has come back; returns the bytes. Throws what went wrong.
  int64_t Stop() {
    stop_ = true;
    thread_.join();
    if (wrong_) std::rethrow_exception(wrong_);
    return sent_bytes_;
  }

 private:
  void Spray() try {
    for (; !stop_; sent_bytes_ += kPieceBytes) caller_.Send(caller_.Take(kPieceBytes));
    caller_.CatchUp();
  } catch (const Failed&) {
    wrong_ = std::current_exception();
  }

  static constexpr int64_t kPieceBytes = 256 * 1024;

  Caller caller_;
  std::atomic<bool> stop_ = false;
  int64_t sent_bytes_ = 0;
  std::exception_ptr wrong_;
  std::thread thread_;  // the last member: it uses the others
};

std::string CheckCallers(Subject& subject, Deadline deadline, int count) {
  constexpr int kRounds = 2;
  constexpr int64_t kReserve = 64;
  const int64_t limit = sys::RaiseDescriptorLimit();
  if (limit < count + kReserve) {
    throw Skipped("needs " + GroupedText(static_cast<uint64_t>(count + kReserve)) +
                  " descriptors here, the limit is " + GroupedText(static_cast<uint64_t>(limit)) +
                  "; raise it with ulimit -n");
  }
  const int64_t begin_ms = sys::NowMs();
  std::vector<Caller> callers;
  callers.reserve(static_cast<size_t>(count));
  size_t connected = 0, echoed = 0;
  try {
    for (int i = 0; i < count; ++i) callers.emplace_back(subject, deadline);
    for (Caller& caller : callers) {
      caller.AwaitConnection();
      ++connected;
    }
    for (int round = 0; round < kRounds; ++round) {
      echoed = 0;
      for (Caller& caller : callers) caller.Send(caller.Take(64));
      for (Caller& caller : callers) {
        caller.CatchUp();
        ++echoed;
      }
    }
  } catch (const Failed& failed) {
    throw Failed(GroupedText(connected) + " connected, " + GroupedText(echoed) + " echoed; then " +
                 failed.what());
  }
  for (Caller& caller : callers) caller.ResetConnection();  // leaves no port in TIME_WAIT
  return "all held at once and echoed twice, in " + std::to_string(sys::NowMs() - begin_ms) + " ms";
}

}  // namespace

std::string CheckNeverReads(Subject& subject, Deadline deadline) {
  constexpr int64_t kOffered = 64 * kMiB;  // far beyond what the kernel holds for both ends
  constexpr int64_t kGrowthAllowed = 16 * kMiB;
  constexpr int kStallMs = 1000;
  constexpr int kBystanderMs = 5000;
  constexpr int kReceiveBuffer = 64 * 1024;
  Caller bystander(subject, deadline);
  bystander.Echo(bystander.Take(64));
  Caller silent(subject, deadline, kReceiveBuffer);
  silent.Echo(silent.Take(64));  // so that a process of its own has begun
  const int64_t memory_before = sys::SumOverTree(subject.pid, sys::ResidentBytes);

  const std::string piece = silent.Take(static_cast<size_t>(kMiB));
  int64_t taken = 0;
  std::string ending = "then it took no more";
  try {
    for (size_t now = piece.size(); now == piece.size() && taken < kOffered;) {
      now = silent.SendWithoutReading(piece, kStallMs);
      taken += static_cast<int64_t>(now);
    }
  } catch (const HungUp& hung_up) {
    ending = "then it hung up";
  }
  const int64_t growth = sys::SumOverTree(subject.pid, sys::ResidentBytes) - memory_before;
  std::string seen = "took " + MiB(taken);
  if (memory_before >= 0) seen += " and grew by " + MiB(growth);
  if (taken >= kOffered) throw Failed(seen + ", all that a caller sent that reads nothing");
  if (memory_before >= 0 && growth > kGrowthAllowed) throw Failed(seen);
  bystander.set_deadline(Deadline(std::min(kBystanderMs, deadline.RemainingMs())));
  try {
    bystander.Echo(bystander.Take(64));
  } catch (const Failed& failed) {
    throw Failed(seen + "; a caller beside it was held up: " + failed.what());
  }
  return seen + ", " + ending + "; a caller beside it was answered" +
         (memory_before < 0 ? " (memory not seen without --pid)" : "");
}

std::string CheckFirehose(Subject& subject, Deadline deadline) {
  constexpr int kTalkers = 20;
  constexpr int kDurationMs = 2000;
  constexpr int kReplyMs = 1000;
  std::vector<Caller> talkers;
  talkers.reserve(kTalkers);
  for (int i = 0; i < kTalkers; ++i) talkers.emplace_back(subject, deadline).AwaitConnection();

  Firehose firehose(subject, deadline);
  const Deadline end(kDurationMs);
  int64_t slowest_ms = 0;
  uint64_t rounds = 0;
  for (size_t i = 0; !end.Passed(); i = (i + 1) % kTalkers, ++rounds) {
    const int64_t begin_ms = sys::NowMs();
    talkers[i].Send(talkers[i].Take(64));
    if (!talkers[i].CatchUpBefore(Deadline(kReplyMs))) {
      throw Failed("a small talker beside a firehose got no reply within " +
                   std::to_string(kReplyMs) + " ms");
    }
    slowest_ms = std::max(slowest_ms, sys::NowMs() - begin_ms);
  }
  const int64_t sprayed = firehose.Stop();
  return GroupedText(rounds) + " replies to 20 small talkers, the slowest in " +
         std::to_string(slowest_ms) + " ms, beside " + MiB(sprayed * 1000 / kDurationMs) + "/s";
}

std::string Check1000Callers(Subject& subject, Deadline deadline) {
  return CheckCallers(subject, deadline, 1000);
}

std::string Check10000Callers(Subject& subject, Deadline deadline) {
  return CheckCallers(subject, deadline, 10'000);
}

}  // namespace switchboard::load
