#include "tests/sim/kernel/trace.h"

#include <cinttypes>
#include <cstdio>

namespace switchboard::sim {

void Trace::Add(int64_t now_ns, std::string_view who, std::string_view what, int64_t first,
                int64_t second, int64_t outcome) {
  Mix(who);
  Mix(what);
  for (const int64_t value : {now_ns, first, second, outcome}) Mix(static_cast<uint64_t>(value));
  if (!printed_) return;
  std::printf("%14.6f ms  %-10.*s %.*s(%" PRId64 ", %" PRId64 ") = %" PRId64 "\n",
              static_cast<double>(now_ns) / 1e6, static_cast<int>(who.size()), who.data(),
              static_cast<int>(what.size()), what.data(), first, second, outcome);
}

// Multiplicative hashing, after a rotation so that the order counts.
void Trace::Mix(uint64_t value) {
  hash_ = (hash_ << 7 | hash_ >> 57) ^ value;
  hash_ *= 0x9E3779B97F4A7C15;
}

void Trace::Mix(std::string_view text) {
  for (const char c : text) Mix(static_cast<uint64_t>(static_cast<unsigned char>(c)));
}

}  // namespace switchboard::sim
