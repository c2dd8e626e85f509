// The bytes that a load sends, and how a wrong echo is explained.

#include "bench/load/measure/pattern.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace switchboard::load {
namespace {

constexpr uint64_t kSeed = 7, kConnections = 10, kLongest = 1 << 20;

std::string Bytes(uint64_t connection, uint64_t begin, uint64_t end) {
  std::string bytes;
  for (uint64_t i = begin; i < end; ++i) bytes += Pattern(kSeed, connection).ByteAt(i);
  return bytes;
}

// The damage on connection 3, which sent `sent` bytes, got [0, offset) back right and then this.
Damage Explain(uint64_t offset, uint64_t sent, const std::string& received, bool complete = true) {
  return Classify(kSeed, kConnections, kLongest, {3, offset, sent, received, complete});
}

void CheckDamage(const Damage& found, const Damage& expected) {
  CHECK(found.lost == expected.lost);
  CHECK(found.duplicated == expected.duplicated);
  CHECK(found.reordered == expected.reordered);
  CHECK(found.corrupted == expected.corrupted);
  CHECK(found.inserted == expected.inserted);
  CHECK(found.foreign == expected.foreign);
}

TEST_CASE("GeneratesTheSameBytesFromEveryOffset") {
  const Pattern pattern(kSeed, 3);
  std::vector<uint64_t> buffer(100);
  for (uint64_t offset = 0; offset < 40; ++offset) {
    for (size_t size = 1; size < 40; ++size) {
      const char* const data =
          pattern.Generate(offset, size, reinterpret_cast<char*>(buffer.data()));
      CHECK(std::string(data, size) == Bytes(3, offset, offset + size));
    }
  }
}

TEST_CASE("MatchesOnlyItsOwnBytesAtTheirOffset") {
  const Pattern pattern(kSeed, 3);
  for (uint64_t offset = 0; offset < 20; ++offset) {
    for (size_t size = 1; size < 40; ++size) {
      std::string room(Pattern::kWord, 'x');
      std::string data = room + Bytes(3, offset, offset + size);
      CHECK(pattern.Matches(offset, data.data() + Pattern::kWord, size));
      for (size_t flipped = 0; flipped < size; ++flipped) {
        std::string wrong = room + Bytes(3, offset, offset + size);
        wrong[Pattern::kWord + flipped] ^= 1;
        CHECK_FALSE(pattern.Matches(offset, wrong.data() + Pattern::kWord, size));
        CHECK(pattern.MatchingPrefix(offset, std::span(wrong).subspan(Pattern::kWord)) == flipped);
      }
    }
  }
}

TEST_CASE("NoTwoWordsOfARunAreTheSame") {
  std::set<uint64_t> words;
  for (uint64_t connection = 0; connection < 100; ++connection) {
    const Pattern pattern(kSeed, connection);
    for (uint64_t i = 0; i < 1000; ++i) words.insert(pattern.WordAt(i));
  }
  CHECK(words.size() == 100'000);
}

TEST_CASE("SaysWhereBytesComeFrom") {
  for (uint64_t offset = 1000; offset < 1016; ++offset) {
    const std::string data = Bytes(5, offset, offset + 15);
    const auto origin = Locate(kSeed, kConnections, kLongest, data);
    REQUIRE(origin);
    CHECK(origin->connection == 5);
    CHECK(origin->offset == offset);
  }
  CHECK_FALSE(Locate(kSeed, kConnections, kLongest, std::string("no word of any stream at all")));
  // Connections that do not exist yet, and bytes that nobody has sent yet, are no origin.
  CHECK_FALSE(Locate(kSeed, 5, kLongest, Bytes(5, 0, 64)));
  CHECK_FALSE(Locate(kSeed, kConnections, 1000, Bytes(5, 2000, 2064)));
}

TEST_CASE("AMissingEndIsLost") {
  CheckDamage(Explain(100, 164, ""), {.lost = 64});
  CheckDamage(Explain(100, 164, "", false), {});  // more might have come
}

TEST_CASE("AMissingMiddleIsLost") {
  CheckDamage(Explain(100, 400, Bytes(3, 101, 400)), {.lost = 1});
  CheckDamage(Explain(100, 400, Bytes(3, 164, 200) + Bytes(3, 264, 400)), {.lost = 128});
}

TEST_CASE("BytesThatCameBeforeAreDuplicated") {
  CheckDamage(Explain(100, 400, Bytes(3, 36, 100) + Bytes(3, 100, 400)), {.duplicated = 64});
}

TEST_CASE("BytesBeyondWhatWasSentAreWrongToo") {
  CheckDamage(Explain(400, 400, Bytes(3, 336, 400)), {.duplicated = 64});
  CheckDamage(Explain(400, 400, "twenty bytes of junk"), {.inserted = 20});
}

TEST_CASE("SwappedMessagesAreReordered") {
  CheckDamage(Explain(100, 400, Bytes(3, 164, 228) + Bytes(3, 100, 164) + Bytes(3, 228, 400)),
              {.reordered = 64});
}

TEST_CASE("ChangedBytesAreCorrupted") {
  std::string received = Bytes(3, 100, 400);
  for (const size_t changed : {0, 50, 51, 299}) received[changed] ^= 0x20;
  CheckDamage(Explain(100, 400, received), {.corrupted = 4});
}

TEST_CASE("SwappedBytesAreReordered") {
  for (const auto& [one, other] : {std::pair<size_t, size_t>{10, 11}, {10, 250}, {0, 299}}) {
    std::string received = Bytes(3, 100, 400);
    if (received[one] == received[other]) continue;
    std::swap(received[one], received[other]);
    CheckDamage(Explain(100, 400, received), {.reordered = 2});
  }
}

TEST_CASE("ALineAfterEachMessageIsInserted") {
  CheckDamage(Explain(100, 400, "\r\n" + Bytes(3, 100, 200) + "\r\n" + Bytes(3, 200, 400)),
              {.inserted = 4});
}

TEST_CASE("BytesPutInBetweenAreInserted") {
  const std::string junk = "this was put in between";
  CheckDamage(Explain(100, 400, junk + Bytes(3, 100, 400)), {.inserted = junk.size()});
}

TEST_CASE("BytesOfAnotherConnectionAreForeign") {
  CheckDamage(Explain(100, 164, Bytes(8, 5000, 5064)), {.lost = 64, .foreign = 64});
  CheckDamage(Explain(100, 228, Bytes(8, 0, 64) + Bytes(3, 100, 228)), {.foreign = 64});
}

TEST_CASE("EachKindIsCountedApart") {
  const std::string received = Bytes(3, 0, 50) +       // again
                               Bytes(3, 200, 300) +    // too early
                               Bytes(4, 0, 30) +       // another's
                               Bytes(3, 100, 150) +    // late; [150, 200) never comes
                               std::string(20, '?') +  // nobody's, in place of [300, 320)
                               Bytes(3, 320, 400);
  CheckDamage(Explain(100, 400, received),
              {.lost = 50, .duplicated = 50, .reordered = 50, .corrupted = 20, .foreign = 30});
}

}  // namespace
}  // namespace switchboard::load
