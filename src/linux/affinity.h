// Which CPUs a thread may run on. sched_setaffinity(2).

#ifndef SWITCHBOARD_SRC_LINUX_AFFINITY_H_
#define SWITCHBOARD_SRC_LINUX_AFFINITY_H_

#include <vector>

#include "src/linux/thread.h"

namespace switchboard::sys {

// A set of CPUs, as large as the kernel's. Only its constructor needs memory. Any thread.
class CpuSet {
 public:
  // Those that the calling thread may run on; empty if the kernel does not say.
  CpuSet();

  // The same for the thread that calls now. False, and unchanged, if the kernel does not say.
  bool Reload();
  void SetOnly(int cpu);
  int size() const;
  bool Has(int cpu) const;  // false of any below 0
  bool operator==(const CpuSet&) const = default;

  // Holds a thread to these CPUs. False if the kernel refuses.
  bool Hold() const;  // the calling thread
  bool Hold(Thread& thread) const;

 private:
  std::vector<unsigned long> mask_;
};

// The CPU that the calling thread runs on just now. getcpu(2) by vDSO, so no system call.
int ThisCpu();

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_AFFINITY_H_
