// The bytes that a connection sends, and how a wrong echo is understood.
//
// Word i of connection c is Mix(base + c * 2^38 + i) ^ mask, where base and mask are made from the
// seed: eight bytes that differ between all connections of a run and need no memory to check. Mix
// is a bijection, so eight received bytes that were really sent say, to who knows the seed, which
// connection and which offset they belong to; that is how lost, duplicated, reordered and foreign
// bytes are told from corrupted ones. (A connection's words repeat nothing for 2 TiB, connections
// for 67 million.)
//
// A server cannot make these bytes up: with a secret on either side of Mix (the construction of
// Even and Mansour) the words that it has seen do not tell it the next one.
//
// Plain values and functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_PATTERN_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace switchboard::load {

// What verification found wrong, in bytes, each kind by itself.
struct Damage {
  uint64_t lost = 0;        // sent, never came back although later bytes or the end did
  uint64_t duplicated = 0;  // came back again
  uint64_t reordered = 0;   // came back after bytes that were sent later
  uint64_t corrupted = 0;   // stand where others should, and were never sent by anybody
  uint64_t inserted = 0;    // were put in between, and were never sent by anybody
  uint64_t foreign = 0;     // belong to another connection

  uint64_t Total() const;
  void Add(const Damage& other);
};

// How a kind is called, and what it means to somebody who has not read this.
struct DamageKind {
  const char* name;
  uint64_t Damage::*bytes;
  const char* meaning;
  int since = 1;  // the schema of the JSON that has it first
};
inline constexpr DamageKind kDamageKinds[] = {
    {"lost", &Damage::lost, "sent, never came back"},
    {"duplicated", &Damage::duplicated, "came back again"},
    {"reordered", &Damage::reordered, "came too late"},
    {"corrupted", &Damage::corrupted, "stand where others should"},
    {"inserted", &Damage::inserted, "were put in between", 2},
    {"foreign", &Damage::foreign, "belong to another connection"}};

class Pattern {
 public:
  static constexpr size_t kWord = sizeof(uint64_t);

  Pattern() = default;
  Pattern(uint64_t seed, uint64_t connection);

  // Writes the words that hold the bytes [offset, offset + size), and returns where the first of
  // those bytes is in `buffer`, which needs size + 2 * kWord bytes and the alignment of a word.
  const char* Generate(uint64_t offset, size_t size, char* buffer) const;

  // Whether `data` is [offset, offset + size) of this stream. Overwrites up to kWord - 1 bytes
  // before `data`, so that it need not treat the first word apart.
  bool Matches(uint64_t offset, char* data, size_t size) const;

  // How many bytes of `data` from the front are the stream's at `offset`.
  size_t MatchingPrefix(uint64_t offset, std::span<const char> data) const;

  char ByteAt(uint64_t offset) const;
  uint64_t WordAt(uint64_t index) const;

 private:
  uint64_t base_ = 0;
  uint64_t mask_ = 0;
};

// Where bytes come from.
struct Origin {
  uint64_t connection;
  uint64_t offset;
};

// Says where the run of sent bytes that starts exactly at the front of `data` comes from: among the
// first `connections` connections, before `longest` bytes of any. Needs at most 15 bytes of the run
// to see a whole word; nothing if there is none.
std::optional<Origin> Locate(uint64_t seed, uint64_t connections, uint64_t longest,
                             std::span<const char> data);

// A connection whose echo went wrong: what was expected and what came.
struct Suspect {
  uint64_t connection;
  uint64_t offset;                 // of the first wrong byte
  uint64_t sent;                   // bytes that the connection had sent in all
  std::span<const char> received;  // from the first wrong byte on
  bool complete;                   // nothing more came: what is missing is lost
};

// Sorts everything about `suspect` that is wrong into kinds. Where the very bytes that should have
// come stand in each other's places they are reordered, not corrupted. Linear in the bytes
// received. `connections` and `longest` as in Locate. Runs shorter than 15 bytes may count as
// corrupted.
Damage Classify(uint64_t seed, uint64_t connections, uint64_t longest, const Suspect& suspect);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_PATTERN_H_
