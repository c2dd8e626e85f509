// A thread. std::thread behind the seam, so that a simulated kernel decides who runs when.

#ifndef SWITCHBOARD_SRC_LINUX_THREAD_H_
#define SWITCHBOARD_SRC_LINUX_THREAD_H_

#include <pthread.h>

#include <functional>
#include <string_view>
#include <thread>

namespace switchboard::sys {

// Moved, never copied. Joined or detached before it is destroyed.
class Thread {
 public:
  Thread() = default;
  // Starts a thread that calls `run`. Throws std::system_error if the system refuses one.
  explicit Thread(std::function<void()> run);

  bool joinable() const { return thread_.joinable(); }
  void Join();
  // Leaves it to itself. What it uses lives for as long as it does, or it ends with the program.
  void Detach();
  // Sends it a signal. pthread_kill(3).
  void Signal(int signal);
  // For the calls of pthreads(7).
  pthread_t handle() { return thread_.native_handle(); }

 private:
  std::thread thread_;
};

// The calling thread wakes from a sleep up to 1 us late, and not up to 50 us, which the kernel may
// otherwise use to wake several threads at once. False if the system refuses. PR_SET_TIMERSLACK,
// prctl(2).
bool WakePunctually();

// Starts a thread that calls `run`. Throws std::runtime_error if the system refuses it, with one
// sentence: "cannot start WHAT", why, and the way out.
Thread StartThread(std::string_view what, std::function<void()> run);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_THREAD_H_
