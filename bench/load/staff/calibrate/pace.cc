#include "bench/load/staff/calibrate/pace.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "bench/load/staff/calibrate/lines.h"
#include "bench/load/staff/calibrate/wakes.h"
#include "src/linux/affinity.h"
#include "src/linux/clock.h"
#include "src/linux/socket.h"
#include "src/linux/thread.h"

namespace switchboard::load {
namespace {

constexpr int kMostCpus = 16;
constexpr int64_t kPreparedNs = 20'000'000, kRecordedNs = 2'000'000'000;
constexpr size_t kMostPieces = 4000;
constexpr int kMessagesAPiece = 64;  // 0.2 to 1 ms

// A thread that records for as long as this lives, from `begin_ns` on, or until Finish.
class Recorder {
 public:
  Recorder(int cpu, int64_t begin_ns)
      : begin_ns_(begin_ns),
        thread_(sys::StartThread("a thread to measure with", [this, cpu] { Run(cpu); })) {}
  ~Recorder() {
    if (thread_.joinable()) thread_.Join();
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // How long each piece took.
  const std::vector<double>& Finish() {
    thread_.Join();
    if (lost_) throw std::runtime_error("cannot measure: a message over loopback is lost");
    return pieces_ns_;
  }

 private:
  void Run(int cpu) {
    HoldTo(cpu);
    pieces_ns_.reserve(kMostPieces);
    const int64_t end_ns = begin_ns_ + kRecordedNs;
    do Piece(end_ns);  // what is there for the first time
    while (sys::NowNs() < begin_ns_ && !lost_);
    int64_t now_ns = sys::NowNs();
    while (now_ns < end_ns && pieces_ns_.size() < kMostPieces && !lost_) {
      Piece(end_ns);
      const int64_t before_ns = std::exchange(now_ns, sys::NowNs());
      pieces_ns_.push_back(static_cast<double>(now_ns - before_ns));
    }
  }

  void Piece(int64_t end_ns) {
    const int from = line_.callers().fds.front().get(), to = line_.server().fds.front().get();
    for (int i = 0; i < kMessagesAPiece && !lost_; ++i) {
      if (!sys::Send(from, message_.data(), message_.size())) lost_ = true;
      // It may take the kernel another thread to bring it.
      sys::Result got;
      do got = sys::Recv(to, message_.data(), message_.size());
      while (got.WouldBlock() && sys::NowNs() < end_ns + kRecordedNs);
      lost_ = lost_ || !got;
    }
  }

  const int64_t begin_ns_;
  Lines line_{1};
  std::array<char, 64> message_{};
  std::vector<double> pieces_ns_;
  bool lost_ = false;
  sys::Thread thread_;  // the last, as it uses the others
};

}  // namespace

PaceRecord MeasurePace() {
  const int64_t begin_ns = sys::NowNs() + kPreparedNs;
  std::vector<std::unique_ptr<Recorder>> recorders;
  for (int cpu = 0; cpu < std::clamp(sys::CpuSet().size(), 1, kMostCpus); ++cpu) {
    recorders.push_back(std::make_unique<Recorder>(cpu, begin_ns));
  }
  std::vector<std::vector<double>> pieces_ns;
  std::vector<double> all;
  for (const auto& recorder : recorders) {
    const std::vector<double>& each = pieces_ns.emplace_back(recorder->Finish());
    all.insert(all.end(), each.begin(), each.end());
  }
  PaceRecord record{.piece = Median(std::move(all))};
  for (const std::vector<double>& each : pieces_ns) {
    std::vector<int>& percents = record.percents.emplace_back();
    for (const double ns : each) {
      percents.push_back(std::max(1, static_cast<int>(std::lround(100 * ns / record.piece))));
    }
  }
  return record;
}

}  // namespace switchboard::load
