#include "src/linux/affinity.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>

namespace switchboard::sys {
namespace {

constexpr size_t kMostCpus = 1 << 20;

size_t BytesOf(const std::vector<unsigned long>& mask) {
  return mask.size() * sizeof(unsigned long);
}

}  // namespace

// The kernel refuses a mask that is shorter than its own, so it is asked with longer ones.
CpuSet::CpuSet() {
  for (size_t cpus = CPU_SETSIZE; cpus <= kMostCpus; cpus *= 2) {
    mask_.resize(cpus / CHAR_BIT / sizeof(unsigned long));
    if (Reload()) return;
    if (errno != EINVAL) break;
  }
  std::ranges::fill(mask_, 0);
}

bool CpuSet::Reload() {
  return ::sched_getaffinity(0, BytesOf(mask_), reinterpret_cast<cpu_set_t*>(mask_.data())) == 0;
}

void CpuSet::SetOnly(int cpu) {
  std::ranges::fill(mask_, 0);
  CPU_SET_S(static_cast<size_t>(cpu), BytesOf(mask_), reinterpret_cast<cpu_set_t*>(mask_.data()));
}

int CpuSet::size() const {
  return CPU_COUNT_S(BytesOf(mask_), reinterpret_cast<const cpu_set_t*>(mask_.data()));
}

bool CpuSet::Has(int cpu) const {
  return cpu >= 0 && CPU_ISSET_S(static_cast<size_t>(cpu), BytesOf(mask_),
                                 reinterpret_cast<const cpu_set_t*>(mask_.data()));
}

bool CpuSet::Hold() const {
  const auto* const set = reinterpret_cast<const cpu_set_t*>(mask_.data());
  return ::sched_setaffinity(0, BytesOf(mask_), set) == 0;
}

bool CpuSet::Hold(Thread& thread) const {
  const auto* const set = reinterpret_cast<const cpu_set_t*>(mask_.data());
  return ::pthread_setaffinity_np(thread.handle(), BytesOf(mask_), set) == 0;
}

int ThisCpu() { return ::sched_getcpu(); }

}  // namespace switchboard::sys
