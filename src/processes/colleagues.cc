#include "src/processes/colleagues.h"

#include <algorithm>
#include <limits>

namespace switchboard {
namespace {

// How much more than the fewest a process may have: one, and this part of the mean.
constexpr int64_t kMeanPerLineMore = 8;

}  // namespace

// Each process counts its own, and looks at the sum only afterwards. If two take the last line at
// once, both see too many and give it back, and whoever does that last tries again. A line that is
// freed after one was found wanting is not missed: either the freer sees that it is wanted, or the
// sum here is already less.
bool Colleagues::TakeLine() {
  auto& lines = own().lines;
  if (most_lines_ == 0) return lines.fetch_add(1), true;
  auto& wanted = table_.common().line_wanted;
  for (;;) {
    lines.fetch_add(1);
    if (table_.SumOfLines() <= most_lines_) return true;
    lines.fetch_sub(1);
    if (wanted.exchange(true) && !LineIsFree()) return false;
  }
}

bool Colleagues::FreeLine() {
  own().lines.fetch_sub(1);
  auto& wanted = table_.common().line_wanted;
  return wanted && wanted.exchange(false);
}

int64_t Colleagues::Share() const {
  int64_t fewest = std::numeric_limits<int64_t>::max();
  const int64_t load = table_.slot(number_).Load();
  int64_t sum = load;
  int64_t able = 1;
  for (size_t i = 0; i < table_.size(); ++i) {
    const ProcessTable::Slot& other = table_.slot(i);
    if (i == number_ || !other.IsAble()) continue;
    fewest = std::min(fewest, other.Load());
    sum += other.Load();
    ++able;
  }
  if (able == 1) return kAll;
  return std::max<int64_t>(0, fewest + 1 + sum / able / kMeanPerLineMore - load);
}

bool Colleagues::HandOver() {
  if (!LineIsFree()) return false;
  size_t best = number_;
  for (size_t i = 0; i < table_.size(); ++i) {
    const ProcessTable::Slot& other = table_.slot(i);
    if (i == number_ || !other.IsAble()) continue;
    if (best == number_ || other.Load() < table_.slot(best).Load()) best = i;
  }
  if (best == number_) return false;
  table_.Poke(best);
  return true;
}

}  // namespace switchboard
