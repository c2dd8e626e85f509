// The program around the server forks in the moment in which a caller has been accepted, and the
// child keeps its copy of the connection: a caller who is dropped then, whatever for, hears the end
// all the same.
//
// To stand in that moment, and to refuse what comes next, some calls of the server are linked to
// functions here, ld(1), --wrap.

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "tests/embedding/child.h"
#include "tests/embedding/running.h"
#include "tests/support/client.h"
#include "tests/support/files.h"

namespace switchboard::test {
namespace {

enum class Refused { kNothing, kMemory, kRegistration, kOption };

// While one lives, each accept(2) is followed by a fork, and by the refusal of what its thread asks
// for next of that kind. Outlives the server that accepts.
class ForkAtAccept {
 public:
  explicit ForkAtAccept(Refused refused = Refused::kNothing) : refused_(refused) { here = this; }
  ~ForkAtAccept() { here = nullptr; }
  ForkAtAccept(const ForkAtAccept&) = delete;
  ForkAtAccept& operator=(const ForkAtAccept&) = delete;

  static void OnAccepted() {
    ForkAtAccept* const present = here;
    if (present == nullptr) return;
    present->children_.push_back(std::make_unique<Child>());
    refused_now = present->refused_;
  }
  static bool IsRefused(Refused what) {
    return refused_now == what && std::exchange(refused_now, Refused::kNothing) == what;
  }

 private:
  static inline std::atomic<ForkAtAccept*> here = nullptr;
  static inline thread_local Refused refused_now = Refused::kNothing;

  const Refused refused_;
  std::vector<std::unique_ptr<Child>> children_;  // the reactor's, until it has ended
};

}  // namespace
}  // namespace switchboard::test

using switchboard::test::ForkAtAccept;
using switchboard::test::Refused;

extern "C" {

int __real_accept4(int fd, sockaddr* address, socklen_t* size, int flags);
int __real_epoll_ctl(int set, int operation, int fd, epoll_event* event);
int __real_setsockopt(int fd, int level, int name, const void* value, socklen_t size);
void* __real__Znwm(size_t size);
void* __real__ZnamSt11align_val_t(size_t size, std::align_val_t alignment);

int __wrap_accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  const int accepted = __real_accept4(fd, address, size, flags);
  if (accepted >= 0) ForkAtAccept::OnAccepted();
  return accepted;
}

int __wrap_epoll_ctl(int set, int operation, int fd, epoll_event* event) {
  if (operation != EPOLL_CTL_ADD || !ForkAtAccept::IsRefused(Refused::kRegistration)) {
    return __real_epoll_ctl(set, operation, fd, event);
  }
  errno = ENOSPC;
  return -1;
}

int __wrap_setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  if (!ForkAtAccept::IsRefused(Refused::kOption)) {
    return __real_setsockopt(fd, level, name, value, size);
  }
  errno = EPERM;
  return -1;
}

// operator new, and that of an array of aligned objects.
void* __wrap__Znwm(size_t size) {
  if (ForkAtAccept::IsRefused(Refused::kMemory)) throw std::bad_alloc();
  return __real__Znwm(size);
}
void* __wrap__ZnamSt11align_val_t(size_t size, std::align_val_t alignment) {
  if (ForkAtAccept::IsRefused(Refused::kMemory)) throw std::bad_alloc();
  return __real__ZnamSt11align_val_t(size, alignment);
}

}  // extern "C"

namespace switchboard::test {
namespace {

void CheckHearsTheEnd(Client& caller) {
  CHECK(caller.ReceiveUntilEof() == "");
  CHECK(caller.end() != End::kOpen);
}

// The end of stream of one who is turned away comes before the connection is closed: behind that,
// nobody takes what the caller says.
void CheckIsTurnedAway(Client& caller) {
  CheckHearsTheEnd(caller);
  CHECK(WaitFor([&] {
    (void)caller.SendSome("hello?");
    return caller.end() == End::kReset;
  }));
}

Options AtOneAddress() { return Quiet({{"127.0.0.1:0"}}); }

Options BehindAProxy(const char* trusted) {
  Options options = AtOneAddress();
  options.listen[0].proxy = true;
  options.proxy_from = {trusted};
  return options;
}

// With options that leave room for one.
void CheckTheSecondIsTurnedAway(const Options& options, uint64_t Stats::*counter) {
  const ForkAtAccept forks;
  const Running running(options);
  Client on_the_line(running.Address());
  REQUIRE(on_the_line.Echo("hello") == "hello");
  Client caller(running.Address());
  CheckIsTurnedAway(caller);
  CHECK(running.server.GetStats().*counter == 1);
}

TEST_CASE("OneWhoIsToldThatAllLinesAreTaken") {
  Options options = AtOneAddress();
  options.max_connections = 1;
  options.when_full = WhenFull::kBusy;
  CheckTheSecondIsTurnedAway(options, &Stats::rejected);
}

TEST_CASE("OneTooManyOfAnAddress") {
  Options options = AtOneAddress();
  options.max_per_address = 1;
  CheckTheSecondIsTurnedAway(options, &Stats::rejected_by_address);
}

TEST_CASE("OneForWhomThereIsNoMemory") {
  Options by_address = AtOneAddress();
  by_address.max_per_address = 1;
  // For the connection, for its host, and for a guest.
  for (const Options& options : {AtOneAddress(), by_address, BehindAProxy("127.0.0.1")}) {
    const ForkAtAccept forks(Refused::kMemory);
    const Running running(options);
    Client caller(running.Address());
    CheckHearsTheEnd(caller);
    CHECK(running.server.GetStats().no_memory == 1);
  }
}

TEST_CASE("OneWhomTheKernelRefusesToWatch") {
  for (const Options& options : {AtOneAddress(), BehindAProxy("127.0.0.1")}) {
    const ForkAtAccept forks(Refused::kRegistration);
    const Running running(options);
    Client caller(running.Address());
    CheckHearsTheEnd(caller);
    CHECK(running.server.GetStats().register_failed == 1);
  }
}

TEST_CASE("OneWhoseSocketCannotBePrepared") {
  const TempFolder folder;
  const ForkAtAccept forks(Refused::kOption);
  const Running running(Quiet({{"unix:" + folder / "echo"}}));
  Client caller(running.Address());
  CheckHearsTheEnd(caller);
  CHECK(running.server.GetStats().accept_failed == 1);
}

TEST_CASE("AProxyThatIsNotTrusted") {
  const ForkAtAccept forks;
  const Running running(BehindAProxy("192.0.2.1"));
  Client caller(running.Address());
  CheckHearsTheEnd(caller);
  CHECK(running.server.GetStats().proxy_untrusted == 1);
}

TEST_CASE("AProxyWhoseHeaderIsNone") {
  const ForkAtAccept forks;
  const Running running(BehindAProxy("127.0.0.1"));
  Client wrong(running.Address()), cut_short(running.Address());
  wrong.Send("hello, is anybody there?\r\n");
  cut_short.Send("PROXY TCP4");
  cut_short.ShutdownWrite();
  for (Client* const caller : {&wrong, &cut_short}) {
    CHECK(caller->ReceiveUntilEof() == "");
    CHECK(caller->end() == End::kReset);
  }
  CHECK(running.server.GetStats().proxy_malformed == 2);
}

TEST_CASE("AProxyThatSaysNothing") {
  const ForkAtAccept forks;
  Running running(BehindAProxy("127.0.0.1"));
  Client waits(running.Address()), leaves(running.Address());
  leaves.ShutdownWrite();
  CHECK(leaves.ReceiveUntilEof() == "");
  CHECK(leaves.end() == End::kEof);
  CHECK(running.server.GetStats().checks == 1);
  const Child child;  // which outlives the reactor, as those that it forks do not
  running.Stop();
  CHECK(waits.ReceiveUntilEof() == "");
  CHECK(waits.end() == End::kReset);
  CHECK(running.server.GetStats().proxy_timeout == 1);
}

}  // namespace
}  // namespace switchboard::test
