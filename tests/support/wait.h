// Waiting with a deadline: a test never sleeps and hopes. Any thread.

#ifndef SWITCHBOARD_TESTS_SUPPORT_WAIT_H_
#define SWITCHBOARD_TESTS_SUPPORT_WAIT_H_

#include <chrono>
#include <thread>

namespace switchboard::test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// Long enough for a slow machine under a sanitizer; nothing that works comes near it.
inline constexpr milliseconds kPatience = seconds(60);

// The moment `patience` from now, and what is left of it.
class Deadline {
 public:
  explicit Deadline(milliseconds patience = kPatience) : end_(Clock::now() + patience) {}
  bool Passed() const { return Clock::now() >= end_; }
  int LeftMs() const {
    const auto left = std::chrono::ceil<milliseconds>(end_ - Clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
  }

 private:
  Clock::time_point end_;
};

// Asks `predicate` again and again until it holds (true) or the deadline has passed (false).
template <typename Predicate>
bool WaitFor(Predicate predicate, milliseconds patience = kPatience) {
  const Deadline deadline(patience);
  while (!predicate()) {
    if (deadline.Passed()) return predicate();
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_WAIT_H_
