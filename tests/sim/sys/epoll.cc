#include "src/linux/epoll.h"

#include <system_error>

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {
namespace {

template <typename Kind>
Fd OpenOrThrow(sim::SystemCall call, const char* what) {
  sim::Seam seam(call);
  const Result opened =
      seam.Returns([] { return sim::Machine::Here().Open(std::make_shared<Kind>()); });
  if (!opened) throw std::system_error(opened.error, std::generic_category(), what);
  return Fd(static_cast<int>(opened.value));
}

using Change = Result (sim::EpollSet::*)(sim::File&, uint32_t, epoll_data_t);

Result Control(const Fd& set, Change change, int fd, uint32_t events, epoll_data_t data) {
  sim::Seam seam(sim::SystemCall::kEpollControl, fd, events);
  sim::Machine& machine = sim::Machine::Here();
  sim::File* const file = machine.Find<sim::File>(fd);
  if (file == nullptr) return seam.Noted({-1, EBADF});
  if (seam.fault() != 0) sim::MarkHit(*file);
  return seam.Returns(
      [&] { return (machine.Find<sim::EpollSet>(set.get())->*change)(*file, events, data); });
}

Result WaitUntilDue(const Fd& set, std::span<epoll_event> events, int64_t due_ns) {
  sim::Seam seam(sim::SystemCall::kEpollWait, static_cast<int64_t>(events.size()));
  if (seam.fault() == EINTR) return seam.Noted({});
  sim::Machine& machine = sim::Machine::Here();
  sim::EpollSet& watched = *machine.Find<sim::EpollSet>(set.get());
  for (;;) {
    const size_t found = watched.Fetch(events);
    const bool wakes =
        found == 0 && machine.scheduler.WaitUntil([&] { return watched.HasQueued(); }, due_ns);
    if (!wakes) return seam.Noted({static_cast<long>(found), 0});
  }
}

int64_t DueNs(int64_t timeout_ns) {
  return timeout_ns < 0 ? sim::kNeverNs : sim::Machine::Here().scheduler.now_ns() + timeout_ns;
}

}  // namespace

Epoll::Epoll()
    : fd_(OpenOrThrow<sim::EpollSet>(sim::SystemCall::kEpollCreate, "cannot create an epoll set")) {
}

Result Epoll::Add(int fd, uint32_t events, epoll_data_t data) {
  return Control(fd_, &sim::EpollSet::Add, fd, events, data);
}

Result Epoll::Modify(int fd, uint32_t events, epoll_data_t data) {
  return Control(fd_, &sim::EpollSet::Modify, fd, events, data);
}

Result Epoll::Remove(int fd) {
  sim::Seam seam(sim::SystemCall::kEpollControl, fd);
  sim::Machine& machine = sim::Machine::Here();
  return seam.Noted(machine.Find<sim::EpollSet>(fd_.get())->Remove(*machine.Find<sim::File>(fd)));
}

Result Epoll::Wait(std::span<epoll_event> events, int timeout_ms) {
  return WaitUntilDue(fd_, events, DueNs(timeout_ms < 0 ? -1 : int64_t{timeout_ms} * 1'000'000));
}

Result Epoll::WaitNs(std::span<epoll_event> events, int64_t timeout_ns) {
  return WaitUntilDue(fd_, events, DueNs(timeout_ns));
}

EventFd::EventFd()
    : fd_(OpenOrThrow<sim::EventCounter>(sim::SystemCall::kEventFd, "cannot create an eventfd")) {}

void EventFd::Signal() {
  sim::Seam seam(sim::SystemCall::kSignal, fd());
  (void)seam.Noted(sim::Machine::Here().Find<sim::EventCounter>(fd())->Add(1));
}

void EventFd::Clear() {
  sim::Seam seam(sim::SystemCall::kSignal, fd(), 1);
  (void)seam.Noted(sim::Machine::Here().Find<sim::EventCounter>(fd())->Take());
}

}  // namespace switchboard::sys
