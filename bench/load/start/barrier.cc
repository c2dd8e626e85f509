#include "bench/load/start/barrier.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "bench/load/base/deadline.h"
#include "bench/load/base/units.h"
#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

constexpr int kStandardInput = 0;
constexpr int kLookMs = 50;             // how often it looks whether it was told to stop
constexpr int64_t kReadyMs = 5000;      // for the ready line to be taken
constexpr size_t kLongestLine = 200;    // of standard input
constexpr double kNoticeSeconds = 0.1;  // for every thread to hear of the start before it comes

void ThrowIfStopped(const std::atomic<bool>* stop) {
  if (stop != nullptr && stop->load()) {
    throw std::runtime_error("interrupted before the start; nothing was measured");
  }
}

double SecondsSinceEpoch() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

bool IsPassing(int error) { return error == EINTR || error == EAGAIN; }

}  // namespace

int64_t Barrier::Wait(const std::atomic<bool>* stop) {
  SayReady(stop);
  if (start_.on_stdin) AwaitLine(stop);
  return start_.at_s ? AwaitTime(stop) : sys::NowNs();
}

void Barrier::SayReady(const std::atomic<bool>* stop) {
  ready_said_s_ = SecondsSinceEpoch();
  if (start_.ready_fd < 0) return;
  const std::string name = "--ready-fd " + std::to_string(start_.ready_fd);
  const Deadline deadline(kReadyMs);
  for (std::string_view line = "ready\n"; !line.empty();) {
    ThrowIfStopped(stop);
    if (deadline.Passed()) {
      throw std::runtime_error(name + " takes no line, it is full; give one that somebody reads");
    }
    // A pipe or socket that can be written to takes so short a line without waiting.
    if (sys::Poll(start_.ready_fd, POLLOUT, kLookMs).value <= 0) continue;
    const ssize_t written = ::write(start_.ready_fd, line.data(), line.size());
    if (written >= 0) {
      line.remove_prefix(static_cast<size_t>(written));
    } else if (!IsPassing(errno)) {
      throw std::runtime_error("cannot say ready to " + name + ": " + std::strerror(errno) +
                               "; give one that somebody reads");
    }
  }
}

void Barrier::AwaitLine(const std::atomic<bool>* stop) {
  std::string line;
  char c = 0;
  while (c != '\n' && line.size() < kLongestLine) {
    ThrowIfStopped(stop);
    if (sys::Poll(kStandardInput, POLLIN, kLookMs).value <= 0) continue;
    const ssize_t size = ::read(kStandardInput, &c, 1);
    if (size < 0 && IsPassing(errno)) continue;
    if (size < 0) {
      throw std::runtime_error(std::string("cannot read standard input: ") + std::strerror(errno) +
                               "; give one that says the line 'start'");
    }
    if (size == 0) {
      throw std::runtime_error("standard input ended before it said 'start'; nothing was measured");
    }
    if (c != '\n') line += c;
  }
  Understand(line);
}

void Barrier::Understand(const std::string& line) {
  const double received_s = SecondsSinceEpoch();
  std::istringstream words(line);
  std::string start, more;
  double seen_s = 0, sent_s = 0;
  words >> start;
  const bool alone = (words >> std::ws).eof();
  const bool timed = !alone && words >> seen_s >> sent_s && !(words >> more);
  if (start != "start" || !(alone || timed)) {
    throw std::runtime_error("standard input said '" + line +
                             "'; it starts the run with the line 'start', or 'start SEEN SENT'");
  }
  if (!timed) return;
  const double there_s = seen_s - ready_said_s_, back_s = received_s - sent_s;
  const double error_s = (there_s + back_s) / 2;
  // Below 0 a clock was set meanwhile.
  if (!(error_s >= 0) || !std::isfinite(error_s)) return;
  clock_.clock_ahead_s = (back_s - there_s) / 2;
  clock_.clock_error_s = error_s;
}

int64_t Barrier::AwaitTime(const std::atomic<bool>* stop) const {
  // The clock may be set while it is waited for.
  for (;;) {
    ThrowIfStopped(stop);
    const double left_s = *start_.at_s - SecondsSinceEpoch();
    if (left_s < 0) {
      throw std::runtime_error(
          Format("the time of --start-at came %.3g s before everything was open; give a later one",
                 -left_s));
    }
    if (left_s <= kNoticeSeconds) return sys::NowNs() + static_cast<int64_t>(left_s * 1e9);
    std::this_thread::sleep_for(std::chrono::milliseconds(kLookMs));
  }
}

bool Barrier::Abandoned() const {
  if (!start_.on_stdin || sys::Poll(kStandardInput, POLLIN, 0).value <= 0) return false;
  char ignored[256];
  const ssize_t size = ::read(kStandardInput, ignored, sizeof(ignored));
  return size == 0 || (size < 0 && !IsPassing(errno));
}

void Barrier::Report(Machine& machine) const {
  if (!clock_.clock_ahead_s) return;
  machine.clock_ahead_s = clock_.clock_ahead_s;
  machine.clock_error_s = clock_.clock_error_s;
}

}  // namespace switchboard::load
