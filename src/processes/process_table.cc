#include "src/processes/process_table.h"

#include <cerrno>
#include <stdexcept>

#include "src/linux/memory.h"
#include "src/linux/way_out.h"

namespace switchboard {

// Zeroed pages are slots of nobody, as an atomic number is laid out like the number.
ProcessTable::ProcessTable(size_t processes)
    : pokes_(processes),
      common_(static_cast<Common*>(sys::MapSharedPages(bytes()))),
      slots_(reinterpret_cast<Slot*>(common_ + 1)) {
  if (common_ == nullptr) {
    throw std::runtime_error(sys::Refusal("cannot share memory between the processes", ENOMEM));
  }
}

ProcessTable::~ProcessTable() { sys::UnmapPages(common_, bytes()); }

// Cleared before the process looks, so that whoever finds it set is looked after.
void ProcessTable::Poke(size_t process) {
  if (!slot(process).poked.exchange(true)) pokes_[process].Signal();
}

void ProcessTable::PokeOthers(size_t process) {
  for (size_t i = 0; i < size(); ++i) {
    if (i != process) Poke(i);
  }
}

void ProcessTable::Clear(size_t process) {
  Slot& gone = slot(process);
  gone.pid = 0;
  gone.stopped = false;
  gone.serving = false;
  gone.can_accept = false;
  gone.has_closed = false;
  gone.lines.Clear();
  gone.guests = 0;
  gone.alive_ms = 0;
  gone.reactor.tid = 0;
  gone.watchdog.tid = 0;
  gone.poked = false;
}

int64_t ProcessTable::LinesTaken() const {
  int64_t sum = 0;
  for (size_t i = 0; i < size(); ++i) sum += slot(i).lines.taken();
  return sum;
}

int64_t ProcessTable::LinesInUse() const {
  int64_t sum = 0;
  for (size_t i = 0; i < size(); ++i) {
    sum += slot(i).stopped ? slot(i).lines.taken() : slot(i).lines.in_use();
  }
  return sum;
}

}  // namespace switchboard
