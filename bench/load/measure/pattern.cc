#include "bench/load/measure/pattern.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

namespace switchboard::load {
namespace {

constexpr int kIndexBits = 38;
constexpr int kConnectionBits = 64 - kIndexBits;

// The finaliser of SplitMix64, by Sebastiano Vigna: every output bit depends on every input bit.
constexpr uint64_t kFirst = 0xbf58476d1ce4e5b9, kSecond = 0x94d049bb133111eb;

constexpr uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * kFirst;
  x = (x ^ (x >> 27)) * kSecond;
  return x ^ (x >> 31);
}

// The inverse of an odd number modulo 2^64, by Newton's iteration.
constexpr uint64_t Inverse(uint64_t odd) {
  uint64_t inverse = odd;
  for (int i = 0; i < 6; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}

constexpr uint64_t Unshift(uint64_t x, int shift) {
  uint64_t result = x;
  for (int done = shift; done < 64; done += shift) result = x ^ (result >> shift);
  return result;
}

constexpr uint64_t Unmix(uint64_t x) {
  x = Unshift(x, 31) * Inverse(kSecond);
  x = Unshift(x, 27) * Inverse(kFirst);
  return Unshift(x, 30);
}
static_assert(Unmix(Mix(0x0123456789abcdef)) == 0x0123456789abcdef);

// What is secret in the streams of a run.
struct Keys {
  explicit Keys(uint64_t seed) : base(Mix(seed + kGolden)), mask(Mix(base + kGolden)) {}

  static constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;
  uint64_t base;
  uint64_t mask;
};

// Parts of a stream's range that were sent but not yet seen to come back, as [begin, end).
class Gaps {
 public:
  void Add(uint64_t begin, uint64_t end) {
    if (begin < end) gaps_[begin] = end;
  }

  // Takes [begin, end) out of the gaps and returns how many bytes of it were in one.
  uint64_t Fill(uint64_t begin, uint64_t end) {
    uint64_t filled = 0;
    auto gap = gaps_.upper_bound(begin);
    if (gap != gaps_.begin()) --gap;
    while (gap != gaps_.end() && gap->first < end) {
      const auto [gap_begin, gap_end] = *gap;
      if (gap_end <= begin) {
        ++gap;
        continue;
      }
      const uint64_t first = std::max(begin, gap_begin), last = std::min(end, gap_end);
      filled += last - first;
      gap = gaps_.erase(gap);
      Add(gap_begin, first);
      Add(last, gap_end);
      gap = gaps_.upper_bound(first);
    }
    return filled;
  }

  uint64_t Size() const {
    uint64_t size = 0;
    for (const auto& [begin, end] : gaps_) size += end - begin;
    return size;
  }

 private:
  std::map<uint64_t, uint64_t> gaps_;
};

}  // namespace

uint64_t Damage::Total() const {
  uint64_t total = 0;
  for (const DamageKind& kind : kDamageKinds) total += this->*kind.bytes;
  return total;
}

void Damage::Add(const Damage& other) {
  for (const DamageKind& kind : kDamageKinds) this->*kind.bytes += other.*kind.bytes;
}

Pattern::Pattern(uint64_t seed, uint64_t connection)
    : base_(Keys(seed).base + (connection << kIndexBits)), mask_(Keys(seed).mask) {}

uint64_t Pattern::WordAt(uint64_t index) const { return Mix(base_ + index) ^ mask_; }

char Pattern::ByteAt(uint64_t offset) const {
  return static_cast<char>(WordAt(offset / kWord) >> (8 * (offset % kWord)));
}

const char* Pattern::Generate(uint64_t offset, size_t size, char* buffer) const {
  const size_t phase = offset % kWord;
  const uint64_t first = base_ + offset / kWord;
  const size_t words = (phase + size + kWord - 1) / kWord;
  for (size_t i = 0; i < words; ++i) {
    const uint64_t word = Mix(first + i) ^ mask_;
    std::memcpy(buffer + i * kWord, &word, kWord);
  }
  return buffer + phase;
}

bool Pattern::Matches(uint64_t offset, char* data, size_t size) const {
  const size_t phase = offset % kWord;
  char* const words = data - phase;
  const uint64_t first = base_ + offset / kWord;
  const uint64_t head = Mix(first) ^ mask_;
  std::memcpy(words, &head, phase);  // so that the first word can be compared whole
  const size_t whole = (phase + size) / kWord;
  uint64_t difference = 0;
  for (size_t i = 0; i < whole; ++i) {
    uint64_t word;
    std::memcpy(&word, words + i * kWord, kWord);
    difference |= word ^ Mix(first + i) ^ mask_;
  }
  const size_t rest = (phase + size) % kWord;
  const uint64_t tail = Mix(first + whole) ^ mask_;
  return difference == 0 && std::memcmp(words + whole * kWord, &tail, rest) == 0;
}

size_t Pattern::MatchingPrefix(uint64_t offset, std::span<const char> data) const {
  size_t i = 0;
  while (i < data.size() && data[i] == ByteAt(offset + i)) ++i;
  return i;
}

std::optional<Origin> Locate(uint64_t seed, uint64_t connections, uint64_t longest,
                             std::span<const char> data) {
  const Keys keys(seed);
  for (size_t skipped = 0; skipped < Pattern::kWord; ++skipped) {
    if (skipped + Pattern::kWord > data.size()) break;
    uint64_t word;
    std::memcpy(&word, data.data() + skipped, Pattern::kWord);
    const uint64_t counter = Unmix(word ^ keys.mask) - keys.base;
    const Origin origin{counter >> kIndexBits,
                        (counter << kConnectionBits >> kConnectionBits) * Pattern::kWord - skipped};
    if (origin.connection >= connections || origin.offset >= longest) continue;
    if (Pattern(seed, origin.connection).MatchingPrefix(origin.offset, data.first(skipped)) ==
        skipped) {
      return origin;
    }
  }
  return std::nullopt;
}

namespace {

// Bytes that stand where others should.
class Misplaced {
 public:
  void Add(char seen, char expected) {
    seen_ += seen;
    expected_ += expected;
  }
  // Swapped among each other if they are the same bytes in another order, which chance does not
  // make of two or more.
  void CountIn(Damage& damage) {
    std::ranges::sort(seen_);
    std::ranges::sort(expected_);
    (seen_ == expected_ ? damage.reordered : damage.corrupted) += seen_.size();
  }

 private:
  std::string seen_, expected_;
};

}  // namespace

Damage Classify(uint64_t seed, uint64_t connections, uint64_t longest, const Suspect& suspect) {
  const Pattern own(seed, suspect.connection);
  Damage damage;
  Misplaced misplaced;
  Gaps gaps;
  uint64_t expected = suspect.offset;  // the highest offset that came back, and one
  std::span<const char> rest = suspect.received;
  while (!rest.empty()) {
    size_t unknown = 0;
    std::optional<Origin> origin;
    while (unknown < rest.size() &&
           !(origin = Locate(seed, connections, longest, rest.subspan(unknown)))) {
      ++unknown;
    }
    // Unknown bytes where our own stream goes on behind them, or at the end: each wrong one of them
    // was overwritten in place. Otherwise, and beyond what was sent, they were put in between.
    const bool in_place = !origin || (origin->connection == suspect.connection &&
                                      origin->offset == expected + unknown);
    for (size_t i = 0; i < unknown; ++i) {
      if (!in_place || expected >= suspect.sent) {
        ++damage.inserted;
        continue;
      }
      const char right = own.ByteAt(expected++);
      if (rest[i] != right) misplaced.Add(rest[i], right);
    }
    rest = rest.subspan(unknown);
    if (!origin) break;
    const size_t run = Pattern(seed, origin->connection).MatchingPrefix(origin->offset, rest);
    rest = rest.subspan(run);
    if (origin->connection != suspect.connection) {
      damage.foreign += run;
      continue;
    }
    const uint64_t begin = origin->offset, end = begin + run;
    if (begin > expected) gaps.Add(expected, begin);
    const uint64_t late = begin < expected ? gaps.Fill(begin, std::min(end, expected)) : 0;
    const uint64_t again = begin < expected ? std::min(end, expected) - begin - late : 0;
    damage.reordered += late;
    damage.duplicated += again;
    expected = std::max(expected, end);
  }
  if (suspect.complete && expected < suspect.sent) gaps.Add(expected, suspect.sent);
  damage.lost += gaps.Size();
  misplaced.CountIn(damage);
  return damage;
}

}  // namespace switchboard::load
