// Callers who talk to a server all the time and check every byte that they hear, each in a thread
// of its own. Used by one thread.

#ifndef SWITCHBOARD_TESTS_PROCESSES_LOAD_H_
#define SWITCHBOARD_TESTS_PROCESSES_LOAD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"

namespace switchboard::test {

class Load {
 public:
  struct Talker {
    std::atomic<int64_t> said_bytes{0}, heard_bytes{0}, echoes{0};
    std::atomic<bool> heard_wrong{false};
    // Hung up on, reset or not answered: `end` says which.
    std::atomic<bool> cut{false};
    End end = End::kOpen;
  };

  // All of them call at once; the address of echo without a greeting.
  Load(const std::string& address, size_t talkers);
  ~Load() { Stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // They hang up, each when it has had the echo that it waits for.
  void Stop();
  // Waits until all have been cut.
  void WaitUntilCut();

  const std::vector<Talker>& talkers() const { return talkers_; }
  std::vector<int64_t> Echoes() const;
  // How many have had at least `more` echoes since then.
  size_t TalkingSince(const std::vector<int64_t>& echoes, int64_t more) const;
  size_t Cut() const;
  size_t HeardWrong() const;
  int64_t SaidBytes() const;
  int64_t HeardBytes() const;

 private:
  void Talk(const std::string& address, Talker& talker, uint64_t seed) const;

  std::vector<Talker> talkers_;
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_PROCESSES_LOAD_H_
