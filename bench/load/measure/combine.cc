#include "bench/load/measure/combine.h"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <string>

#include "bench/load/measure/fields.h"

namespace switchboard::load {
namespace {

[[noreturn]] void RefuseSum() {
  throw std::invalid_argument("the sum of its counts is more than a number holds");
}

template <std::integral Whole>
requires(!std::same_as<Whole, bool>) void Add(Whole from, Whole& to) {
  if (__builtin_add_overflow(from, to, &to)) RefuseSum();
}
void Add(double from, double& to) {
  to += from;
  if (!std::isfinite(to)) RefuseSum();
}
void Add(const Damage& from, Damage& to) {
  for (const DamageKind& kind : kDamageKinds) Add(from.*kind.bytes, to.*kind.bytes);
}
// Of two first ones either will do.
void Add(const std::string& from, std::string& to) {
  if (to.empty()) to = from;
}
void Add(const Errors& from, Errors& to) {
  for (const auto& [error, count] : from) Add(count, to[error]);
}
void Add(const std::vector<std::string>& from, std::vector<std::string>& to) {
  for (const std::string& each : from) {
    if (std::ranges::find(to, each) == to.end()) to.push_back(each);
  }
}

template <HasFields Struct>
void CombineFields(const Struct& from, Struct& to);

template <typename Type>
void CombineValues(Combined combined, const Type& from, Type& to) {
  if constexpr (HasFields<Type>) {
    CombineFields(from, to);
  } else {
    if constexpr (std::totally_ordered<Type>) {
      if (combined == Combined::kLargest) to = std::max(from, to);
      if (combined == Combined::kSmallest) to = std::min(from, to);
    }
    if constexpr (requires { Add(from, to); }) {
      if (combined == Combined::kSum) Add(from, to);
    }
  }
}

template <HasFields Struct>
void CombineFields(const Struct& from, Struct& to) {
  ForEachField<Struct>([&](const auto& field) {
    CombineValues(field.combined, from.*field.member, to.*field.member);
  });
}

}  // namespace

void Combine(const Options& from, Options& to) { CombineFields(from, to); }

void Combine(const Report& from, Report& to) {
  // Before busy_share is that of both.
  if (from.generator.busy_share > to.generator.busy_share) {
    to.generator.busiest_waiting_share = from.generator.busiest_waiting_share;
  }
  CombineFields(from, to);
  for (const HistogramField& each : kHistograms) (to.*each.member).Merge(from.*each.member);
  to.bins.Add(from.bins);
  if (to.timeline.size() < from.timeline.size()) to.timeline.resize(from.timeline.size());
  for (size_t i = 0; i < from.timeline.size(); ++i) {
    CombineFields(from.timeline[i], to.timeline[i]);
    to.timeline[i].latency.Merge(from.timeline[i].latency);
  }
}

}  // namespace switchboard::load
