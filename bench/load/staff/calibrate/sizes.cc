#include "bench/load/staff/calibrate/sizes.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/measure/histogram.h"
#include "bench/load/measure/pattern.h"
#include "bench/load/staff/calibrate/wakes.h"
#include "src/linux/clock.h"
#include "src/linux/socket.h"
#include "src/linux/thread.h"

namespace switchboard::load {
namespace {

constexpr int64_t kLongestNs = 5'000'000'000;  // of one turn

double Each(int64_t sum_ns, size_t count) {
  return static_cast<double>(sum_ns) / static_cast<double>(count);
}

// What one thread does at its end of the lines, with messages of one size. Each line has a buffer
// of its own, as has each message that is under way in the server: large ones do not stay in a
// cache.
class Talker {
 public:
  Talker(End& end, size_t size)
      : end_(end), size_(size), events_(end.fds.size()), buffers_(end.fds.size() * size) {}

  void Send() {
    const int64_t begin_ns = sys::NowNs();
    for (size_t line = 0; line < end_.fds.size(); ++line) {
      for (size_t sent = 0; sent < size_ && !failed_;) {
        const sys::Result now =
            sys::Send(end_.fds[line].get(), BufferOf(line) + sent, size_ - sent);
        if (now) sent += static_cast<size_t>(now.value);
        // The other end reads nothing meanwhile: maybe there is no room for so much.
        failed_ = !now && (!now.WouldBlock() || sys::NowNs() - begin_ns > kLongestNs);
      }
    }
    sends_.push_back(Each(sys::NowNs() - begin_ns, end_.fds.size()));
  }

  void Receive() {
    int64_t polled_ns = 0, read_ns = 0, now_ns = sys::NowNs();
    const int64_t give_up_ns = now_ns + kLongestNs;
    for (size_t left = buffers_.size(); left > 0 && !failed_;) {
      const long count = end_.epoll.Wait(events_, 0).value;
      const int64_t found_ns = sys::NowNs();
      if (count > 0) polled_ns += found_ns - now_ns;
      now_ns = found_ns;
      for (long i = 0; i < count; ++i) {
        const size_t line = events_[static_cast<size_t>(i)].data.u64;
        const sys::Result got = sys::Recv(end_.fds[line].get(), BufferOf(line), size_);
        if (got) left -= static_cast<size_t>(got.value);
      }
      now_ns = sys::NowNs();
      read_ns += now_ns - found_ns;
      failed_ = now_ns > give_up_ns;
    }
    polls_.push_back(static_cast<double>(polled_ns));
    receives_.push_back(Each(read_ns, end_.fds.size()));
  }

  bool failed() const { return failed_; }
  const std::vector<double>& sends() const { return sends_; }
  const std::vector<double>& receives() const { return receives_; }
  const std::vector<double>& polls() const { return polls_; }

 private:
  char* BufferOf(size_t line) { return &buffers_[line * size_]; }

  End& end_;
  const size_t size_;
  bool failed_ = false;
  std::vector<epoll_event> events_;
  std::vector<char> buffers_;
  std::vector<double> sends_, receives_, polls_;
};

double MiddleOf(const std::vector<double>& one, const std::vector<double>& other) {
  return (Median(one) + Median(other)) / 2;
}

}  // namespace

TurnCosts MeasureTurns(Lines& lines, size_t size, int most_rounds) {
  constexpr int kCallers = 0, kServer = 1, kNobody = 2;
  Talker caller(lines.callers(), size), server(lines.server(), size);
  std::atomic<int> turn{kCallers};
  const auto await = [&turn](int whose) {
    for (;;) {
      const int now = turn.load(std::memory_order_acquire);
      if (now == whose || now == kNobody) return now == whose;
      std::this_thread::yield();
    }
  };
  sys::Thread other = sys::StartThread("a thread to measure with", [&] {
    HoldTo(1);
    while (await(kServer)) {
      server.Receive();
      server.Send();
      turn.store(kCallers, std::memory_order_release);
    }
  });
  const Held held(0);
  for (Rounds rounds(most_rounds); rounds.Next() && !caller.failed() && !server.failed();) {
    caller.Send();
    turn.store(kServer, std::memory_order_release);
    (void)await(kCallers);
    caller.Receive();
  }
  turn.store(kNobody, std::memory_order_release);
  other.Join();
  if (caller.failed() || server.failed()) {
    throw std::runtime_error("cannot measure: messages of " + std::to_string(size) +
                             " bytes do not get through loopback; see net.ipv4.tcp_mem");
  }
  return {.send = MiddleOf(caller.sends(), server.sends()),
          .receive = MiddleOf(caller.receives(), server.receives()),
          .poll = MiddleOf(caller.polls(), server.polls())};
}

double MeasureClient(size_t size) {
  constexpr int kMessages = 8;
  const Pattern pattern(1, 2);
  std::vector<uint64_t> words(size / sizeof(uint64_t) + 8);
  Histogram latency;
  std::vector<double> each;
  for (Rounds rounds(101); rounds.Next();) {
    const int64_t begin_ns = sys::NowNs();
    for (int i = 0; i < kMessages; ++i) {
      char* const room = reinterpret_cast<char*>(words.data());
      char* const bytes = room + (pattern.Generate(0, size, room) - room);
      const int64_t now_ns = sys::NowNs();
      if (!pattern.Matches(0, bytes, size)) throw std::runtime_error("cannot measure: no echo");
      latency.Record(sys::NowNs() - now_ns);
    }
    each.push_back(Each(sys::NowNs() - begin_ns, kMessages));
  }
  return Median(each);
}

double MeasureJob() {
  constexpr int kJobs = 64;
  std::mutex mutex;
  std::atomic<uint64_t> counter{0};
  std::vector<double> each;
  for (Rounds rounds(101); rounds.Next();) {
    const int64_t begin_ns = sys::NowNs();
    for (int i = 0; i < kJobs; ++i) {
      for (int locks = 0; locks < 2; ++locks) {
        const std::lock_guard<std::mutex> lock(mutex);
        counter.fetch_add(1);
      }
      counter.fetch_add(sys::NowNs() > 0 ? 1 : 0);
    }
    each.push_back(Each(sys::NowNs() - begin_ns, kJobs));
  }
  return Median(each);
}

}  // namespace switchboard::load
