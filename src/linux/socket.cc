#include "src/linux/socket.h"

#include <fcntl.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace switchboard::sys {
namespace {

template <typename Call>
Result Retry(Call call) {
  for (;;) {
    const Result result = FromReturn(call());
    if (result.error != EINTR) return result;
  }
}

Result Queued(int fd, unsigned long which) {
  int bytes = 0;
  const Result result = FromReturn(::ioctl(fd, which, &bytes));
  return result ? Result{bytes, 0} : result;
}

// getsockopt(2) of an int.
Result Option(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof(value);
  const Result result = FromReturn(::getsockopt(fd, level, name, &value, &size));
  return result ? Result{value, 0} : result;
}

template <typename Call>
Address AddressFrom(Call call, int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  return call(fd, address, &size) == 0 ? Address(address, size) : Address();
}

}  // namespace

Result StreamSocket(int family) {
  return FromReturn(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

Result Bind(int fd, const Address& address) {
  return FromReturn(::bind(fd, address.get(), address.size()));
}

Result Listen(int fd, int backlog) { return FromReturn(::listen(fd, backlog)); }

Result Accept(int fd, Address* peer) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  const Result accepted = FromReturn(::accept4(fd, address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted && peer != nullptr) *peer = Address(address, size);
  return accepted;
}

// Not retried: after EINTR the connection is under way, as after EINPROGRESS.
Result Connect(int fd, const Address& address) {
  const Result result = FromReturn(::connect(fd, address.get(), address.size()));
  return result.error == EINTR ? Result{-1, EINPROGRESS} : result;
}

Result Recv(int fd, void* data, size_t size) {
  return Retry([&] { return ::recv(fd, data, size, 0); });
}

Result Peek(int fd, void* data, size_t size) {
  return Retry([&] { return ::recv(fd, data, size, MSG_PEEK); });
}

Result RecvUnix(int fd, void* data, size_t size, bool& cut) {
  iovec part{.iov_base = data, .iov_len = size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const Result got = Retry([&] { return ::recvmsg(fd, &message, 0); });
  cut = (message.msg_flags & MSG_CTRUNC) != 0;
  return got;
}

Result Send(int fd, const void* data, size_t size) {
  return Retry([&] { return ::send(fd, data, size, MSG_NOSIGNAL); });
}

Result SendUrgent(int fd, const void* data, size_t size) {
  return Retry([&] { return ::send(fd, data, size, MSG_NOSIGNAL | MSG_OOB); });
}

Result ShutdownWrite(int fd) { return FromReturn(::shutdown(fd, SHUT_WR)); }

std::string WhyNotListening(int fd) {
  if (::fcntl(fd, F_GETFD) < 0) return "is closed";
  const Result type = Option(fd, SOL_SOCKET, SO_TYPE);
  if (!type) return "is no socket";
  if (type.value == SOCK_DGRAM) return "is a datagram socket";
  if (type.value != SOCK_STREAM) return "is no stream socket";
  const long family = Option(fd, SOL_SOCKET, SO_DOMAIN).value;
  if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) {
    return "is of address family " + std::to_string(family) + ", and not IPv4, IPv6 or unix";
  }
  if (Option(fd, SOL_SOCKET, SO_ACCEPTCONN).value == 1) return "";
  return PeerAddress(fd).size() > 0 ? "is a connection (Accept=yes)" : "does not listen";
}

Result TakeOver(int fd) {
  const Result flags = FromReturn(::fcntl(fd, F_GETFL));
  if (!flags) return flags;
  const int wanted = static_cast<int>(flags.value) | O_NONBLOCK;
  const Result set = FromReturn(::fcntl(fd, F_SETFL, wanted));
  return set ? FromReturn(::fcntl(fd, F_SETFD, FD_CLOEXEC)) : set;
}

uint64_t Identity(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

void StopListening(int fd) { (void)::shutdown(fd, SHUT_RDWR); }

Result SetOption(int fd, int level, int name, int value) {
  return FromReturn(::setsockopt(fd, level, name, &value, sizeof(value)));
}

Result SetNoDelay(int fd, bool on) { return SetOption(fd, IPPROTO_TCP, TCP_NODELAY, on); }
Result SetReuseAddress(int fd) { return SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1); }
Result SetIpv6Only(int fd, bool on) { return SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, on); }
bool IsIpv6Only(int fd) { return Option(fd, IPPROTO_IPV6, IPV6_V6ONLY).value == 1; }
Result SetUrgentInline(int fd) { return SetOption(fd, SOL_SOCKET, SO_OOBINLINE, 1); }

Result SetSendBuffer(int fd, int bytes) { return SetOption(fd, SOL_SOCKET, SO_SNDBUF, bytes); }

Result SetBufferSizes(int fd, int bytes) {
  const Result sent = SetSendBuffer(fd, bytes);
  return sent ? SetOption(fd, SOL_SOCKET, SO_RCVBUF, bytes) : sent;
}

Result SetKeepAlive(int fd, int idle_seconds, int interval_seconds, int tries) {
  Result set = SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (set) set = SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle_seconds);
  if (set) set = SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval_seconds);
  return set ? SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, tries) : set;
}

Result SetResetOnClose(int fd) {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  return FromReturn(::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
}

Result PendingError(int fd) { return Option(fd, SOL_SOCKET, SO_ERROR); }

Result ListenDrops(int fd) {
  uint32_t info[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof(info);
  const Result result = FromReturn(::getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size));
  return result ? Result{info[SK_MEMINFO_DROPS], 0} : result;
}

// What a connection calls unacknowledged and selectively acknowledged segments (tcp_get_info).
Backlog BacklogOf(int fd) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  const Result result = FromReturn(::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size));
  return result ? Backlog{info.tcpi_unacked, info.tcpi_sacked} : Backlog{};
}

Result UnackedBytes(int fd) { return Queued(fd, SIOCOUTQ); }
Result UnreadBytes(int fd) { return Queued(fd, SIOCINQ); }

bool MayHaveInput(int fd) {
  pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, 0) != 0;
}

Result Poll(int fd, short events, int timeout_ms) {
  pollfd watched{.fd = fd, .events = events, .revents = 0};
  const Result result = FromReturn(::poll(&watched, 1, timeout_ms));
  if (result.error == EINTR) return {};
  return result ? Result{watched.revents, 0} : result;
}

Result PollAll(std::span<pollfd> watched, int timeout_ms) {
  const Result result = FromReturn(::poll(watched.data(), watched.size(), timeout_ms));
  return result.error == EINTR ? Result() : result;
}

Address LocalAddress(int fd) { return AddressFrom(::getsockname, fd); }
Address PeerAddress(int fd) { return AddressFrom(::getpeername, fd); }

}  // namespace switchboard::sys
