// What the status port shows: a server as it stands, or the processes that are one together, and
// whether it wants callers. A plain value.

#ifndef SWITCHBOARD_SRC_STATUS_VIEW_H_
#define SWITCHBOARD_SRC_STATUS_VIEW_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/linux/process_figures.h"
#include "switchboard/snapshot.h"

namespace switchboard::status {

// One of several.
struct ProcessView {
  std::string state = "starting";  // as of View, or "stopped", "gone"
  int64_t pid = 0;                 // 0: there is none now
  uint64_t restarts = 0;
  Stats counts;  // of all that were in this place
};

struct View {
  std::string state = "starting";  // or "ready", "lame duck", "draining"
  bool ready = false;
  bool stopping = false;
  Snapshot figures;  // of all together; empty while starting
  sys::ProcessFigures process;
  std::vector<ProcessView> processes;  // none if it is but one
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_VIEW_H_
