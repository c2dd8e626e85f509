// A thread. std::thread behind the seam, so that a simulated kernel decides who runs when.

#ifndef SWITCHBOARD_SRC_LINUX_THREAD_H_
#define SWITCHBOARD_SRC_LINUX_THREAD_H_

#include <functional>
#include <thread>

namespace switchboard::sys {

// Moved, never copied. Joined before it is destroyed.
class Thread {
 public:
  Thread() = default;
  // Starts a thread that calls `run`. Throws std::system_error if the system refuses one.
  explicit Thread(std::function<void()> run);

  bool joinable() const { return thread_.joinable(); }
  void Join();

 private:
  std::thread thread_;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_THREAD_H_
