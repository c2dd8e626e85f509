#include "src/linux/network.h"

#include <sys/socket.h>

#include <cstdint>
#include <optional>

#include "src/linux/fd.h"

namespace switchboard::sys {
namespace {

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

std::optional<uint64_t> NetworkOf(int fd) {
  uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  if (::getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) != 0) return std::nullopt;
  return cookie;
}

}  // namespace

bool IsOfAnotherNetwork(int fd) {
  const Fd own(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::optional<uint64_t> its = NetworkOf(fd), ours = NetworkOf(own.get());
  return its && ours && its != ours;
}

}  // namespace switchboard::sys
