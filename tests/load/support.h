// Servers to try the load harness on: in this process, right or wrong in a way that the test says.

#ifndef SWITCHBOARD_TESTS_LOAD_SUPPORT_H_
#define SWITCHBOARD_TESTS_LOAD_SUPPORT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/load/measure/options.h"
#include "bench/load/measure/report.h"
#include "src/linux/address.h"
#include "src/linux/epoll.h"
#include "src/linux/fd.h"

namespace switchboard::load {

// What a server does to a caller. `data` is what the caller sent; `caller` counts from 0.
class TestCaller {
 public:
  TestCaller(int number, int fd) : number(number), fd_(fd) {}

  const int number;
  std::string held;  // the test's own

  void Send(std::string_view data);  // all of it, waiting if need be
  void HangUp() { leaving_ = true; }
  void Reset();
  bool leaving() const { return leaving_; }

 private:
  int fd_;
  bool leaving_ = false;
};

using Answer = std::function<void(TestCaller& caller, std::string_view data)>;

inline void Echo(TestCaller& caller, std::string_view data) { caller.Send(data); }

// When data that comes at `now_ms` is answered.
using Due = std::function<int64_t(TestCaller& caller, int64_t now_ms)>;

// Serves in a thread of its own until it is destroyed. `delay` lies between data and its answer.
class TestServer {
 public:
  explicit TestServer(Answer answer, std::string greeting = "",
                      const std::string& listen = "127.0.0.1:0",
                      std::chrono::milliseconds delay = std::chrono::milliseconds(0));
  TestServer(Answer answer, Due due);
  ~TestServer();

  std::string target() const { return address_.ToString(); }
  int callers() const { return callers_; }
  // No further caller gets through.
  void StopListening() { refuse_ = true; }

 private:
  void Start(const std::string& listen);
  void Serve();

  Answer answer_;
  const std::string greeting_;
  const Due due_;  // empty: at once
  sys::Fd listener_;
  sys::Address address_;
  sys::EventFd wake_;
  std::atomic<bool> done_{false};
  std::atomic<bool> refuse_{false};
  std::atomic<int> callers_{0};
  std::thread thread_;
};

// An echo server in a process of its own, which a test may stop; it stops itself when it has echoed
// `bytes_until_stop`.
class ChildServer {
 public:
  explicit ChildServer(size_t bytes_until_stop = SIZE_MAX);
  ~ChildServer();
  std::string target() const { return address_.ToString(); }
  void Stop() const;
  void WaitUntilStopped() const;
  void Continue() const;

 private:
  sys::Address address_;
  int pid_ = -1;
};

// A command line of `program` as main gets it, taken apart by `parse`, for instance MergeMain.
template <typename Parser>
auto ParseWith(Parser parse, std::string program, std::initializer_list<std::string> arguments) {
  std::vector<std::string> texts{std::move(program)};
  texts.insert(texts.end(), arguments);
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  return parse(static_cast<int>(texts.size()), argv.data());
}

// The sentence that a command line is refused with; empty if it is not.
template <typename Parser>
std::string RefusalBy(Parser parse, std::initializer_list<std::string> arguments) {
  try {
    parse(arguments);
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

// Whether one of the verdict's reasons has `words` in it.
bool Mentions(const Report& report, std::string_view words);

// A report of 1000 messages in one second, each of 1 ms, one in flight: nothing to complain about.
Report GoodReport();

// A short closed loop against `target`, quiet, with nothing to warm up.
Options ShortRun(const std::string& target);

// The same, but it ends by count: on a busy machine a short time may pass without one message. For
// servers that answer.
Options CountedRun(const std::string& target, uint64_t messages);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_TESTS_LOAD_SUPPORT_H_
