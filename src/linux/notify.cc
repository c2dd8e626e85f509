#include "src/linux/notify.h"

#include <sys/socket.h>

#include <cstring>
#include <stdexcept>
#include <string>

namespace switchboard::sys {

NotifySocket::NotifySocket(std::string_view address) {
  if (!address.starts_with('/') && !address.starts_with('@')) return;
  try {
    manager_ = Address::Unix(std::string(address));
  } catch (const std::invalid_argument&) {
    return;  // too long to be anybody's
  }
  fd_.Reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

void NotifySocket::Send(std::string_view text, int descriptor) const {
  if (!fd_) return;
  iovec data{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_name = const_cast<sockaddr*>(manager_.get());
  message.msg_namelen = manager_.size();
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof(descriptor));
  }
  (void)::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
}

}  // namespace switchboard::sys
