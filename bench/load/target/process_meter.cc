#include "bench/load/target/process_meter.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bench/linux/process_tree.h"

namespace switchboard::load {
namespace {

std::vector<int> ThreadsOfTree(int pid) {
  std::vector<int> tids;
  for (const int process : sys::ProcessTree(pid)) {
    for (const int tid : sys::ThreadsOf(process)) tids.push_back(tid);
  }
  return tids;
}

std::optional<int64_t> Difference(std::optional<int64_t> after, std::optional<int64_t> before) {
  return after && before ? std::optional(*after - *before) : std::nullopt;
}

}  // namespace

EventCounter::EventCounter(sys::CountedEvent event, const std::vector<int>& tids) {
  for (const int tid : tids) {
    const sys::Result opened = sys::OpenCounter(event, tid);
    if (opened.error == ESRCH) continue;  // it has just ended
    if (!opened) {
      error_ = opened.error;
      counters_.clear();
      return;
    }
    counters_.emplace_back(static_cast<int>(opened.value));
  }
}

std::optional<int64_t> EventCounter::Read() const {
  if (counters_.empty()) return std::nullopt;
  int64_t sum = 0;
  for (const sys::Fd& counter : counters_) {
    const sys::Result count = sys::ReadCounter(counter.get());
    if (!count) return std::nullopt;
    sum += count.value;
  }
  return sum;
}

ProcessMeter::ProcessMeter(int pid, bool count_events) : pid_(pid) {
  if (!count_events) return;
  const std::vector<int> tids = ThreadsOfTree(pid);
  system_calls_ = EventCounter(sys::CountedEvent::kSystemCalls, tids);
  context_switches_ = EventCounter(sys::CountedEvent::kContextSwitches, tids);
}

ProcessMeter::ProcessMeter(const std::vector<int>& own_threads)
    : pid_(-1),
      system_calls_(sys::CountedEvent::kSystemCalls, own_threads),
      context_switches_(sys::CountedEvent::kContextSwitches, own_threads) {}

Spent ProcessMeter::Now() const {
  return {CpuSeconds(), system_calls_.Read(), context_switches_.Read()};
}

double ProcessMeter::CpuSeconds() const {
  if (pid_ < 0) return 0;
  return static_cast<double>(std::max<int64_t>(sys::SumOverTree(pid_, sys::CpuTimeNs), 0)) / 1e9;
}

Spent ProcessMeter::spent() const {
  return {after_.cpu_s - before_.cpu_s, Difference(after_.system_calls, before_.system_calls),
          Difference(after_.context_switches, before_.context_switches)};
}

std::string ProcessMeter::obstacle() const {
  const int error = system_calls_.error() != 0 ? system_calls_.error() : context_switches_.error();
  if (error == 0) return "";
  const char* const what = system_calls_.error() == 0       ? "context switches"
                           : context_switches_.error() == 0 ? "system calls"
                                                            : "system calls and context switches";
  const bool permission = error == EACCES || error == EPERM;
  return std::string(what) + " are not counted: " + std::strerror(error) +
         (permission ? "; run as root, or with kernel.perf_event_paranoid=-1 and a readable "
                       "/sys/kernel/tracing"
                     : "; the kernel needs perf events, and tracefs at /sys/kernel/tracing");
}

}  // namespace switchboard::load
