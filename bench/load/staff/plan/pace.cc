#include "bench/load/staff/plan/pace.h"

#include <algorithm>
#include <cmath>

namespace switchboard::load::sim {

Pace::Pace(double piece_ns, const std::vector<int>& percents, int64_t offset_ns)
    : piece_ns_(piece_ns), percents_(&percents) {
  for (size_t i = 0; i < percents.size(); ++i) turn_ns_ += TimeOf(i);
  ends_ns_ = TimeOf(0) - offset_ns % turn_ns_;
}

int64_t Pace::TimeOf(size_t piece) const {
  return std::llround(piece_ns_ * (*percents_)[piece] / 100);
}

void Pace::NextPiece() {
  piece_ = (piece_ + 1) % percents_->size();
  ends_ns_ += TimeOf(piece_);
}

int64_t Pace::Elapsed(int64_t work_ns, int64_t now_ns) {
  if (percents_ == nullptr) return work_ns;
  if (now_ns > ends_ns_) ends_ns_ += (now_ns - ends_ns_) / turn_ns_ * turn_ns_;
  while (ends_ns_ <= now_ns) NextPiece();
  double left_ns = static_cast<double>(work_ns);
  for (int64_t at_ns = now_ns;; at_ns = ends_ns_, NextPiece()) {
    const double slowness = (*percents_)[piece_] / 100.0;
    const double room_ns = static_cast<double>(ends_ns_ - at_ns);
    if (left_ns * slowness <= room_ns) return at_ns - now_ns + std::llround(left_ns * slowness);
    left_ns -= room_ns / slowness;
  }
}

std::vector<Pace> Pace::OfAll(const PaceRecord& record, int cpus, Random& random) {
  std::vector<Pace> paces(static_cast<size_t>(cpus));
  if (record.percents.empty()) return paces;
  const double recorded_ns = record.piece * static_cast<double>(record.percents.front().size());
  const auto anywhere = [&] { return std::llround(random.Fraction() * recorded_ns); };
  const int64_t together_ns = anywhere();
  for (size_t i = 0; i < paces.size(); ++i) {
    const std::vector<int>& percents = record.percents[i % record.percents.size()];
    paces[i] = Pace(record.piece, percents, i < record.percents.size() ? together_ns : anywhere());
  }
  return paces;
}

}  // namespace switchboard::load::sim
