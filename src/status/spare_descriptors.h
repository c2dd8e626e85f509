// Descriptors that are kept for later, so that nothing else of the process can take them: each
// holds the place of one that is to come. Used by one thread.

#ifndef SWITCHBOARD_SRC_STATUS_SPARE_DESCRIPTORS_H_
#define SWITCHBOARD_SRC_STATUS_SPARE_DESCRIPTORS_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "src/linux/fd.h"

namespace switchboard::status {

class SpareDescriptors {
 public:
  // Keeps `count`, all of them copies of `original`, which outlives this.
  SpareDescriptors(int original, size_t count) : original_(original) { Refill(count); }

  size_t size() const { return spares_.size(); }
  // Gives one up, for a descriptor that is opened at once. False if there is none.
  bool Free() {
    if (spares_.empty()) return false;
    spares_.pop_back();
    return true;
  }
  // Closes `used` and keeps its place, with no moment between in which another may take it.
  void Keep(sys::Fd used) {
    if (sys::DuplicateTo(original_, used.get())) spares_.push_back(std::move(used));
  }
  // Has `count` again, if others took some.
  void Refill(size_t count) {
    while (spares_.size() < count) {
      const sys::Result copy = sys::Duplicate(original_);
      if (!copy) return;
      spares_.emplace_back(static_cast<int>(copy.value));
    }
  }

 private:
  const int original_;
  std::vector<sys::Fd> spares_;
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_SPARE_DESCRIPTORS_H_
