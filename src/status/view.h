// What the status port shows: a server as it stands, and whether it wants callers. A plain value.

#ifndef SWITCHBOARD_SRC_STATUS_VIEW_H_
#define SWITCHBOARD_SRC_STATUS_VIEW_H_

#include <string>

#include "src/linux/process_figures.h"
#include "switchboard/snapshot.h"

namespace switchboard::status {

struct View {
  std::string state = "starting";  // "starting", "ready", or the phase of stopping
  bool ready = false;
  bool stopping = false;
  Snapshot figures;  // empty while starting
  sys::ProcessFigures process;
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_VIEW_H_
