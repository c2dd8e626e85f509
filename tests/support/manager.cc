#include "tests/support/manager.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "src/linux/address.h"

namespace switchboard::test {

Manager::Manager(const std::string& at) : address_(at) {
  const sys::Address address = sys::Address::Unix(at);
  fd_.Reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  REQUIRE(::bind(fd_.get(), address.get(), address.size()) == 0);
}

size_t Manager::Listen() {
  const size_t before = heard.size();
  while (HearOne()) {
  }
  return heard.size() - before;
}

bool Manager::Hears(const std::string& text, milliseconds patience) {
  return WaitFor(
      [&] {
        Listen();
        return std::ranges::any_of(
            heard, [&](const std::string& each) { return each.find(text) != std::string::npos; });
      },
      patience);
}

bool Manager::HearOne() {
  char text[4096];
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  iovec data{.iov_base = text, .iov_len = sizeof(text)};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  const ssize_t size = ::recvmsg(fd_.get(), &message, MSG_CMSG_CLOEXEC);
  if (size < 0) return false;
  heard.emplace_back(text, static_cast<size_t>(size));
  if (const cmsghdr* const header = CMSG_FIRSTHDR(&message)) {
    int descriptor;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof(descriptor));
    kept.emplace_back(descriptor);
  }
  return true;
}

}  // namespace switchboard::test
