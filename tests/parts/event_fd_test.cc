// The counter that wakes the reactor: nobody reads it, each write is an edge.

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "src/linux/epoll.h"

namespace switchboard::test {
namespace {

TEST_CASE("EachSignalWakesEvenIfTheCounterIsFull") {
  sys::Epoll epoll;
  sys::EventFd wake;
  epoll_data_t data{.u64 = 7};
  REQUIRE(epoll.Add(wake.fd(), EPOLLIN, data));
  std::array<epoll_event, 1> events;
  for (int i = 0; i < 3; ++i) {
    wake.Signal();
    CHECK(epoll.Wait(events, 0).value == 1);
    CHECK(epoll.Wait(events, 0).value == 0);
  }
  wake.Clear();
  constexpr uint64_t kFull = UINT64_MAX - 1;
  REQUIRE(::write(wake.fd(), &kFull, sizeof(kFull)) == sizeof(kFull));
  CHECK(epoll.Wait(events, 0).value == 1);
  wake.Signal();
  CHECK(epoll.Wait(events, 0).value == 1);
}

}  // namespace
}  // namespace switchboard::test
