#include "bench/linux/socket.h"

#include <fcntl.h>
#include <netinet/in.h>

#include "src/linux/socket.h"

namespace switchboard::sys {

Result SetBindWithoutPort(int fd) { return SetOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1); }

Result SetBlocking(int fd) {
  const Result flags = FromReturn(::fcntl(fd, F_GETFL));
  return flags ? FromReturn(::fcntl(fd, F_SETFL, flags.value & ~O_NONBLOCK)) : flags;
}

}  // namespace switchboard::sys
