// Checks that every byte of a message comes back, in order.

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/conform/caller.h"
#include "bench/load/conform/check.h"

namespace switchboard::load {
namespace {

constexpr size_t kMiB = 1 << 20;

template <typename Range>
void Shuffle(Range& range, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::shuffle(range.begin(), range.end(), random);
}

}  // namespace

std::string CheckSmall(Subject& subject, Deadline deadline) {
  Caller caller(subject, deadline);
  for (const size_t size : {1, 2, 64, 1000, 1460}) caller.Echo(caller.Take(size));
  return "1, 2, 64, 1,000 and 1,460 bytes came back exact";
}

std::string CheckLarge(Subject& subject, Deadline deadline) {
  Caller caller(subject, deadline);
  caller.Echo(caller.Take(kMiB));
  return "1 MiB came back exact";
}

std::string CheckBinary(Subject& subject, Deadline deadline) {
  std::string values(256, '\0');
  std::iota(values.begin(), values.end(), '\0');
  Shuffle(values, subject.seed);
  Caller caller(subject, deadline);
  for (const char value : values) caller.Echo({&value, 1});

  std::vector<int> pairs(256 * 256);
  std::iota(pairs.begin(), pairs.end(), 0);
  Shuffle(pairs, subject.seed);
  std::string all;
  for (const int pair : pairs) all += {static_cast<char>(pair >> 8), static_cast<char>(pair)};
  caller.Echo(all);
  return "all 256 values, each alone, and all 65,536 pairs came back exact";
}

std::string CheckPipelined(Subject& subject, Deadline deadline) {
  constexpr int kMessages = 1000;
  std::mt19937_64 random(subject.seed);
  std::uniform_int_distribution<size_t> size(1, 200);
  Caller caller(subject, deadline);
  size_t sent = 0;
  for (int i = 0; i < kMessages; ++i) {
    const std::string message = caller.Take(size(random));
    caller.Send(message);
    sent += message.size();
  }
  caller.CatchUp();
  return "1,000 messages, " + GroupedText(sent) + " bytes, came back in order";
}

std::string CheckSplit(Subject& subject, Deadline deadline) {
  constexpr size_t kTotal = 256 * 1024;
  std::mt19937_64 random(subject.seed);
  std::uniform_int_distribution<size_t> size(1, 4000);
  Caller caller(subject, deadline);
  int pieces = 0;
  for (size_t sent = 0; sent < kTotal; ++pieces) {
    const std::string piece = caller.Take(std::min(size(random), kTotal - sent));
    caller.Send(piece);
    sent += piece.size();
    if (random() % 2 == 0) caller.CatchUp();  // the server has met the end of this piece
  }
  caller.CatchUp();
  return "256 KiB in " + GroupedText(static_cast<uint64_t>(pieces)) + " pieces came back exact";
}

std::string CheckUrgent(Subject& subject, Deadline deadline) {
  Caller caller(subject, deadline);
  caller.Echo(caller.Take(100));
  const std::string after = caller.Take(100);
  const char urgent = static_cast<char>(~after[0]);
  caller.SendUrgentUnchecked(urgent);
  caller.SendUnchecked(after);

  // As many bytes as come in any case, so that a lost one costs no waiting.
  const std::string got = caller.Receive(after.size(), deadline);
  if (got == after) throw Failed("the urgent byte was dropped, the 100 bytes behind it came back");
  if (got + caller.Receive(1, deadline) == urgent + after) {
    return "the urgent byte and the 100 bytes behind it came back in line";
  }
  throw Failed("of an urgent byte and 100 bytes behind it " + GroupedText(got.size()) +
               " bytes came back, and not in line");
}

}  // namespace switchboard::load
