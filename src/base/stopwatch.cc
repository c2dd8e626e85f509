#include "src/base/stopwatch.h"

#include <algorithm>

#include "src/linux/clock.h"

namespace switchboard {
namespace {

constexpr int64_t kDoubtNs = 100'000'000;
constexpr int kBelievedTimes = 8;

}  // namespace

void Stopwatch::Start() {
  began_ns_ = sys::NowNs();
  reads_both_ = began_ns_ < doubtful_until_ns_ && believed_ == 0;
  if (reads_both_) began_cpu_ns_ = sys::ThreadCpuNs();
}

int64_t Stopwatch::Stop(int jobs) {
  ended_ns_ = sys::NowNs();
  const int64_t took_ns = ended_ns_ - began_ns_;
  if (took_ns < jobs * long_ns_) return took_ns;
  if (believed_ > 0) {
    --believed_;
    return std::min(took_ns, jobs * confirmed_ns_);
  }
  doubtful_until_ns_ = ended_ns_ + kDoubtNs;
  if (!reads_both_) return 0;
  const int64_t worked_ns = sys::ThreadCpuNs() - began_cpu_ns_;
  if (worked_ns >= jobs * long_ns_) {
    believed_ = kBelievedTimes;
    confirmed_ns_ = worked_ns / jobs;
  }
  return worked_ns;
}

}  // namespace switchboard
