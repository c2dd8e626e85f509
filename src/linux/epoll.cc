#include "src/linux/epoll.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <ctime>
#include <stdexcept>

#include "src/linux/way_out.h"

namespace switchboard::sys {
namespace {

int OrThrow(int fd, const char* what) {
  if (fd < 0) throw std::runtime_error(Refusal(what, errno));
  return fd;
}

Result Found(int count) {
  const Result result = FromReturn(count);
  return result.error == EINTR ? Result{} : result;
}

}  // namespace

Epoll::Epoll() : fd_(OrThrow(::epoll_create1(EPOLL_CLOEXEC), "cannot create an epoll set")) {}

Result Epoll::Add(int fd, uint32_t events, epoll_data_t data) {
  epoll_event event{.events = events | EPOLLET, .data = data};
  return FromReturn(::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event));
}

Result Epoll::Modify(int fd, uint32_t events, epoll_data_t data) {
  epoll_event event{.events = events | EPOLLET, .data = data};
  return FromReturn(::epoll_ctl(fd_.get(), EPOLL_CTL_MOD, fd, &event));
}

Result Epoll::Remove(int fd) {
  return FromReturn(::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr));
}

Result Epoll::Wait(std::span<epoll_event> events, int timeout_ms) {
  return Found(::epoll_wait(fd_.get(), events.data(), static_cast<int>(events.size()), timeout_ms));
}

Result Epoll::WaitNs(std::span<epoll_event> events, int64_t timeout_ns) {
  const timespec timeout{.tv_sec = timeout_ns / 1'000'000'000,
                         .tv_nsec = timeout_ns % 1'000'000'000};
  return Found(::epoll_pwait2(fd_.get(), events.data(), static_cast<int>(events.size()),
                              timeout_ns < 0 ? nullptr : &timeout, nullptr));
}

EventFd::EventFd()
    : fd_(OrThrow(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "cannot create an eventfd")) {}

void EventFd::Signal() {
  const uint64_t one = 1;
  while (::write(fd_.get(), &one, sizeof(one)) < 0 && (errno == EINTR || errno == EAGAIN)) {
    if (errno == EAGAIN) Clear();  // so full that the write made no edge
  }
}

void EventFd::Clear() {
  uint64_t count;
  while (::read(fd_.get(), &count, sizeof(count)) < 0 && errno == EINTR) {
  }
}

}  // namespace switchboard::sys
