// What a process that is one of several knows of the others: whose turn it is to take a caller.
//
// All of them watch the same listening sockets, and the kernel tells one that sleeps, and any that
// are awake, of a caller. So that no process takes more than its share, and nobody waits for one
// that cannot:
// - whoever is told accepts until nobody waits, or until it has its share: a little more than the
//   one with the fewest callers;
// - then it hands over: it pokes the one with the fewest, which looks at the backlog, and does the
//   same in its turn. Shortly after, it looks back; if somebody still waits, it pokes all and takes
//   a few itself, whatever its share. So a colleague that is slow or stuck, or has died on the way,
//   keeps nobody waiting;
// - whoever has found no room and has some again looks at the backlog;
// - of a process that dies or is stopped the parent pokes all others, as it may have been told of
//   callers and not have accepted them.
//
// Owned by the program. The reactor thread of its process only.

#ifndef SWITCHBOARD_SRC_PROCESSES_COLLEAGUES_H_
#define SWITCHBOARD_SRC_PROCESSES_COLLEAGUES_H_

#include <cstddef>
#include <cstdint>

#include "src/processes/process_table.h"

namespace switchboard {

class Colleagues {
 public:
  // `number` is this process's, from 0; `most_lines` the limit of callers of all processes
  // together, 0 for none. The table outlives it.
  Colleagues(ProcessTable& table, size_t number, int64_t most_lines)
      : table_(table), number_(number), most_lines_(most_lines) {}

  size_t number() const { return number_; }
  ProcessTable::Slot& own() { return table_.slot(number_); }

  // How many it holds open of the process.
  int64_t descriptors() const { return static_cast<int64_t>(table_.size()) + 1; }
  // What to watch for pokes, edge-triggered; and what to call before looking at the backlogs then.
  int poke_fd() const { return table_.poke_fd(number_); }
  void TakePoke() { own().poked = false; }

  // A line for one caller more, before it is known whether there is one. It is used or given back
  // next, by the same process.
  enum class Claim {
    kGranted,
    kAwaited,  // the last ones are claimed: when that is settled, this process is poked, or another
               // looks at the backlogs
    kRefused,  // all processes together have as many callers as they may
  };
  [[nodiscard]] Claim ClaimLine();
  void UseLine();
  // These are true if somebody has found no line free: whoever frees it looks at the backlog.
  [[nodiscard]] bool GiveBackLine();
  [[nodiscard]] bool FreeLine();

  // How many callers this process may take before it is another's turn; kAll if there is no other
  // that is able to.
  static constexpr int64_t kAll = INT64_MAX;
  int64_t Share() const;
  // Whether another was poked to look at the backlog: there is one that is able to.
  bool HandOver();
  void PokeAll() { table_.PokeOthers(number_); }

  // Whether all processes together may have one caller more: now, and if those lines do not count
  // that may be given back.
  bool LineIsFree() const { return most_lines_ == 0 || table_.LinesTaken() < most_lines_; }
  bool LineMayBeFree() const { return most_lines_ == 0 || table_.LinesInUse() < most_lines_; }

  // Whether all processes stop, and not just this one.
  bool AllStop() const { return table_.common().stops > 0; }

 private:
  bool TakeWanted();

  ProcessTable& table_;
  const size_t number_;
  const int64_t most_lines_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_COLLEAGUES_H_
