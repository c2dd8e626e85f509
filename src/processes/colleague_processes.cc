#include "src/processes/colleague_processes.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace switchboard {
namespace {

// How much more than the fewest a process may have: one, and this part of the mean.
constexpr int64_t kMeanPerLineMore = 8;

}  // namespace

// Each process counts its own, and looks at the sum only afterwards. If two claim the last line at
// once, both see too many and give it back, and whoever does that last tries again. What is wanted
// is noted before the last look, so that nothing is missed: whoever frees a line after that looks
// for callers, and whoever uses one that was claimed says so.
Colleagues::Claim ColleagueProcesses::ClaimLine() {
  ProcessTable::Common& common = table_.common();
  for (bool awaits = false;;) {
    own().lines.Claim();
    if (most_lines_ == 0 || table_.LinesTaken() <= most_lines_) return Claim::kGranted;
    own().lines.GiveBack();
    if (!common.line_wanted.exchange(true) || LineIsFree()) continue;
    if (!LineMayBeFree()) return Claim::kRefused;
    if (std::exchange(awaits, true)) return Claim::kAwaited;
    common.claim_awaited = true;
  }
}

void ColleagueProcesses::UseLine() {
  own().lines.Use();
  std::atomic<bool>& awaited = table_.common().claim_awaited;
  if (awaited && awaited.exchange(false)) PokeAll();
}

bool ColleagueProcesses::GiveBackLine() {
  own().lines.GiveBack();
  return TakeWanted();
}

bool ColleagueProcesses::FreeLine() {
  own().lines.Free();
  return TakeWanted();
}

bool ColleagueProcesses::TakeWanted() {
  std::atomic<bool>& wanted = table_.common().line_wanted;
  return wanted && wanted.exchange(false);
}

int64_t ColleagueProcesses::MoreUntilShare() const {
  int64_t fewest = std::numeric_limits<int64_t>::max();
  const int64_t load = table_.slot(number_).Load();
  int64_t sum = load;
  int64_t able = 1;
  for (size_t i = 0; i < table_.size(); ++i) {
    const ProcessTable::Slot& other = table_.slot(i);
    if (i == number_ || !other.CanTakeCallers()) continue;
    fewest = std::min(fewest, other.Load());
    sum += other.Load();
    ++able;
  }
  if (able == 1) return kNoLimit;
  return std::max<int64_t>(0, fewest + 1 + sum / able / kMeanPerLineMore - load);
}

// All others read these: they are written when they change.
void ColleagueProcesses::Tell(bool can_accept, int64_t guests) {
  if (own().can_accept != can_accept) own().can_accept = can_accept;
  if (own().guests != guests) own().guests = guests;
}

bool ColleagueProcesses::OthersHaveGuests() const {
  for (size_t i = 0; i < table_.size(); ++i) {
    if (i != number_ && table_.slot(i).guests > 0) return true;
  }
  return false;
}

bool ColleagueProcesses::HandOver() {
  if (!LineMayBeFree()) return false;
  size_t best = number_;
  for (size_t i = 0; i < table_.size(); ++i) {
    const ProcessTable::Slot& other = table_.slot(i);
    if (i == number_ || !other.CanTakeCallers()) continue;
    if (best == number_ || other.Load() < table_.slot(best).Load()) best = i;
  }
  if (best == number_) return false;
  table_.Poke(best);
  return true;
}

}  // namespace switchboard
