#include "tests/soak/callers.h"

#include <chrono>

#include "tests/support/client.h"

namespace switchboard::test {
namespace {

constexpr size_t kMostComplaints = 10;

std::string Compared(const std::string& kind, const std::string& said, const std::string& heard) {
  const std::string difference = Difference(said, heard);
  return difference.empty() ? "" : kind + ": " + difference;
}

std::string Talk(const std::string& address, uint64_t number) {
  Client caller(address);
  for (uint64_t i = 0; i < 50; ++i) {
    const std::string message = RandomBytes(1 + number * 97 % 2000, number + i);
    std::string complaint = Compared("talk", message, caller.Echo(message));
    if (!complaint.empty()) return complaint;
  }
  return "";
}

std::string Pour(const std::string& address, uint64_t number) {
  Client caller(address);
  const std::string message = RandomBytes(2 << 20, number);
  return Compared("pour", message, caller.Echo(message));
}

std::string HalfClose(const std::string& address, uint64_t number) {
  Client caller(address);
  const std::string message = RandomBytes(1 + number * 991 % 200'000, number);
  const std::string heard = caller.EchoAndHalfClose(message);
  if (caller.end() != End::kEof) return "half-close: the call did not end with an end of stream";
  return Compared("half-close", message, heard);
}

std::string Reset(const std::string& address, uint64_t number) {
  Client caller(address);
  caller.SendSome(RandomBytes(1 + number * 613 % 100'000, number));
  if (number % 2 == 0) caller.ReceiveSome();
  caller.Reset();
  return "";
}

// Says more than there is room for on the way, reads nothing for a while, then everything.
std::string Stall(const std::string& address, uint64_t number) {
  Client caller(address, 8 << 10);
  const std::string message = RandomBytes(8 << 20, number);
  const size_t said = caller.Send(message, milliseconds(500));
  return Compared("stall", message.substr(0, said), caller.Receive(said));
}

std::string Leave(const std::string& address, uint64_t number) {
  Client caller(address);
  if (number % 2 == 0) caller.WaitConnected();
  return "";
}

}  // namespace

const std::vector<CallerKind>& CallerKinds() {
  static const std::vector<CallerKind> kinds = {
      {"talk", Talk, 4},   {"pour", Pour, 1},   {"half-close", HalfClose, 2},
      {"reset", Reset, 1}, {"stall", Stall, 4}, {"leave", Leave, 1},
  };
  return kinds;
}

Callers::Callers(const std::string& address) : address_(address), calls_(CallerKinds().size()) {
  for (size_t kind = 0; kind < CallerKinds().size(); ++kind) {
    for (int i = 0; i < CallerKinds()[kind].threads; ++i) {
      const uint64_t first = threads_.size() << 40;
      threads_.emplace_back([this, kind, first] { CallAgainAndAgain(kind, first); });
    }
  }
}

Callers::~Callers() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
}

std::vector<int64_t> Callers::Calls() const { return {calls_.begin(), calls_.end()}; }

std::vector<std::string> Callers::Complaints() {
  MutexLock lock(mutex_);
  return complaints_;
}

void Callers::CallAgainAndAgain(size_t kind, uint64_t first) {
  for (uint64_t number = first; !stop_; ++number) {
    const std::string complaint = CallerKinds()[kind].call(address_, number);
    ++calls_[kind];
    // A pause, so that callers who come and go leave ports and time to the others.
    std::this_thread::sleep_for(milliseconds(2));
    if (complaint.empty()) continue;
    MutexLock lock(mutex_);
    if (complaints_.size() < kMostComplaints) complaints_.push_back(complaint);
  }
}

}  // namespace switchboard::test
