// Which CPU the reactor and its companions are held to, when the scheduler moves the reactor.

#include <doctest/doctest.h>

#include "src/shared_cpu.h"

namespace switchboard {
namespace {

constexpr bool kAllowed = true, kForbidden = false;

TEST_CASE("TheFirstCpuIsWhereItIsFound") {
  HomeCpu home;
  CHECK(home.last() < 0);
  CHECK(home.Choose(3, kForbidden) == 3);
  CHECK(home.last() == 3);
}

TEST_CASE("ItFollowsWhenItWasMovedSeveralTimesInARow") {
  HomeCpu home;
  (void)home.Choose(0, kForbidden);
  for (int i = 1; i < HomeCpu::kMovesToFollow; ++i) CHECK(home.Choose(1, kAllowed) == 0);
  CHECK(home.Choose(1, kAllowed) == 1);
  CHECK(home.Choose(0, kAllowed) == 1);
}

TEST_CASE("WhoComesBackWasNotMoved") {
  HomeCpu home;
  (void)home.Choose(0, kForbidden);
  for (int i = 0; i < 10; ++i) {
    for (int moves = 1; moves < HomeCpu::kMovesToFollow; ++moves) {
      CHECK(home.Choose(1, kAllowed) == 0);
    }
    CHECK(home.Choose(0, kAllowed) == 0);
  }
}

TEST_CASE("ItLeavesACpuThatIsForbidden") {
  HomeCpu home;
  (void)home.Choose(0, kForbidden);
  CHECK(home.Choose(1, kForbidden) == 1);
  CHECK(home.Choose(1, kAllowed) == 1);
}

}  // namespace
}  // namespace switchboard
