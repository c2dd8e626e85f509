#include "bench/load/run/slice_outbox.h"

#include <utility>

namespace switchboard::load {

SliceOutbox::SliceOutbox() {
  for (SliceList* list : {&full_, &spare_, &taken_}) list->reserve(kSpares + 1);
  for (size_t i = 0; i < kSpares; ++i) spare_.push_back(std::make_unique<Slice>());
}

void SliceOutbox::Start(int64_t begin_ns) {
  begin_ns_ = begin_ns;
  ends_ns_ = begin_ns + Slices::kShortestNs;
}

void SliceOutbox::HandOver(int64_t now_ns) {
  const auto index = static_cast<size_t>((now_ns - begin_ns_) / Slices::kShortestNs);
  ends_ns_ = begin_ns_ + static_cast<int64_t>(index + 1) * Slices::kShortestNs;
  if (current_->latencies.count() > 0) {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return;  // goes on with the same
    full_.push_back(std::move(current_));
    current_ = std::move(spare_.back());
    spare_.pop_back();
  }
  current_->index = index;
}

}  // namespace switchboard::load
