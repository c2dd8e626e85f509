// Callers of every kind, each in a thread of its own, who call one server again and again until
// they are told to stop, and check every byte that they hear.

#ifndef SWITCHBOARD_TESTS_SOAK_CALLERS_H_
#define SWITCHBOARD_TESTS_SOAK_CALLERS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/base/mutex.h"

namespace switchboard::test {

// What one kind of caller does, from its greeting to its end. `number` is another one each time.
// Says what went wrong; nothing if all was as it must be.
using Conduct = std::string (*)(const std::string& address, uint64_t number);

struct CallerKind {
  const char* name;
  Conduct call;
  int threads;
};

// Talkers, firehoses, callers who half-close, reset, stall and then read, or hang up at once.
const std::vector<CallerKind>& CallerKinds();

class Callers {
 public:
  explicit Callers(const std::string& address);
  // Tells them to stop, and waits until the last has hung up.
  ~Callers();
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  // Calls that have ended so far, of each kind.
  std::vector<int64_t> Calls() const;
  // The first few things that went wrong.
  std::vector<std::string> Complaints();

 private:
  void CallAgainAndAgain(size_t kind, uint64_t first);

  const std::string address_;
  std::atomic<bool> stop_ = false;
  std::vector<std::atomic<int64_t>> calls_;  // of each kind
  Mutex mutex_;
  std::vector<std::string> complaints_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SOAK_CALLERS_H_
