// What a process says to the others, and finds out about them, in the table that they share.
//
// Made by each process for its acceptor, and used by its reactor thread.

#ifndef SWITCHBOARD_SRC_PROCESSES_COLLEAGUE_PROCESSES_H_
#define SWITCHBOARD_SRC_PROCESSES_COLLEAGUE_PROCESSES_H_

#include <cstddef>
#include <cstdint>

#include "src/accepting/colleagues.h"
#include "src/processes/process_table.h"

namespace switchboard {

class ColleagueProcesses final : public Colleagues {
 public:
  // `number` is this process's slot, from 0 (people are told one more, as in Log); `most_lines` the
  // limit of callers of all processes together, 0 for none. The table outlives it.
  ColleagueProcesses(ProcessTable& table, size_t number, int64_t most_lines)
      : table_(table), number_(number), most_lines_(most_lines) {}

  ProcessTable::Slot& own() { return table_.slot(number_); }

  size_t number() const override { return number_; }
  size_t count() const override { return table_.size(); }
  // The first, and nobody who takes its place.
  bool SpeaksForAll() const override { return number_ == 0 && table_.slot(0).restarts == 0; }
  // Each process is poked by an eventfd, and the parent, too.
  int64_t descriptors() const override { return static_cast<int64_t>(table_.size()) + 1; }

  int poke_fd() const override { return table_.poke_fd(number_); }
  void TakePoke() override { own().poked = false; }
  void PokeAll() override { table_.PokeOthers(number_); }

  Claim ClaimLine() override;
  void UseLine() override;
  bool GiveBackLine() override;
  bool FreeLine() override;
  bool LineIsFree() const override { return most_lines_ == 0 || table_.LinesTaken() < most_lines_; }
  bool LineMayBeFree() const override {
    return most_lines_ == 0 || table_.LinesInUse() < most_lines_;
  }

  int64_t MoreUntilShare() const override;
  bool HandOver() override;
  void Tell(bool can_accept, int64_t guests) override;
  bool OthersHaveGuests() const override;

  bool AllStop() const override { return table_.common().stops > 0; }

 private:
  bool TakeWanted();

  ProcessTable& table_;
  const size_t number_;
  const int64_t most_lines_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_COLLEAGUE_PROCESSES_H_
