// How many callers have said something in the last whole second, on a clock of the test's own.

#include "src/connection/talk.h"

#include <doctest/doctest.h>

#include <cstdint>

namespace switchboard {
namespace {

constexpr int64_t kBeganMs = 1'000'000'000;

TEST_CASE("ACallerCountsInEachSecondInWhichItSpeaks") {
  for (const int64_t beat_s : {1, 2, 60, 254, 255, 256, 510, 3600, 65534, 65536}) {
    CAPTURE(beat_s);
    SpeakerCounters counted;
    Talk talk(counted);
    uint16_t caller = 0;
    for (int64_t now_ms = kBeganMs; now_ms < kBeganMs + 5 * beat_s * 1000;
         now_ms += beat_s * 1000) {
      talk.Note(caller, now_ms);
      talk.Note(caller, now_ms + 999);
      CHECK(counted.LastSecond(now_ms + 1000) == 1);
      CHECK(counted.LastSecond(now_ms + 1999) == 1);
      if (beat_s > 1) CHECK(counted.LastSecond(now_ms + 2000) == 0);
    }
  }
}

TEST_CASE("EachCallerCountsOnceASecond") {
  SpeakerCounters counted;
  Talk talk(counted);
  uint16_t first = 0, second = 0, late = 0;
  talk.Note(first, kBeganMs);
  talk.Note(second, kBeganMs + 10);
  talk.Note(first, kBeganMs + 20);
  talk.Note(second, kBeganMs + 999);
  CHECK(counted.LastSecond(kBeganMs + 500) == 0);  // it is not over
  talk.Note(late, kBeganMs + 1000);
  CHECK(counted.LastSecond(kBeganMs + 1500) == 2);
  CHECK(counted.LastSecond(kBeganMs + 2500) == 1);
  CHECK(counted.LastSecond(kBeganMs + 3500) == 0);
}

}  // namespace
}  // namespace switchboard
