// What this process takes of the machine. It opens what it looks at once, so that callers who have
// taken all descriptors are not in its way. Used by one thread.

#ifndef SWITCHBOARD_SRC_LINUX_PROCESS_FIGURES_H_
#define SWITCHBOARD_SRC_LINUX_PROCESS_FIGURES_H_

#include <dirent.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "src/linux/fd.h"

namespace switchboard::sys {

// Nothing where the kernel does not say, as without /proc.
struct ProcessFigures {
  double started_s = 0;  // since 1970; about when the program began
  double cpu_s = 0;      // user and system, of all threads
  std::optional<int64_t> resident_bytes;
  std::optional<int64_t> open_descriptors;
  std::optional<int64_t> max_descriptors;
};

// Adds what a child takes that has not been waited for. Memory that it shares is not counted again.
void AddChild(ProcessFigures& figures, pid_t child);
// CPU time of the children that have been waited for.
double CpuSecondsOfEndedChildren();

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

class ProcessWatch {
 public:
  // What it cannot open is missing from the figures.
  ProcessWatch();
  ProcessFigures Look() const;

 private:
  std::optional<int64_t> ResidentBytes() const;
  std::optional<int64_t> OpenDescriptors() const;

  const double started_s_;
  Fd memory_;                                      // /proc/self/statm
  std::unique_ptr<DIR, CloseFolder> descriptors_;  // /proc/self/fd
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_PROCESS_FIGURES_H_
