// Stream sockets: one wrapper for each call. All sockets are non-blocking and close-on-exec.
// EINTR is retried here unless it says otherwise, SIGPIPE never raised; every other errno is the
// caller's to decide on. Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_SOCKET_H_
#define SWITCHBOARD_SRC_LINUX_SOCKET_H_

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "src/linux/address.h"
#include "src/linux/fd.h"

namespace switchboard::sys {

// socket(2): a stream socket of `family`, as a descriptor in value.
Result StreamSocket(int family);

Result Bind(int fd, const Address& address);     // bind(2)
Result Listen(int fd, int backlog);              // listen(2)
Result Connect(int fd, const Address& address);  // connect(2); EINPROGRESS is usual
Result Recv(int fd, void* data, size_t size);    // recv(2); value 0 is end of stream
// recv(2) with MSG_PEEK: what Recv would read stays there.
Result Peek(int fd, void* data, size_t size);
// accept4(2), once, also after EINTR; `peer`, unless null, is who called.
Result Accept(int fd, Address* peer = nullptr);
// recvmsg(2) of a unix socket. `cut`: descriptors came with the data and have been closed; the read
// ended behind them, and there may be more.
Result RecvUnix(int fd, void* data, size_t size, bool& cut);
Result Send(int fd, const void* data, size_t size);        // send(2) with MSG_NOSIGNAL
Result SendUrgent(int fd, const void* data, size_t size);  // send(2) with MSG_OOB
Result ShutdownWrite(int fd);                              // shutdown(2), SHUT_WR

// What keeps a descriptor of unknown origin from being a listening stream socket of a family that
// Address knows, "is closed" or "is a datagram socket" say; empty if nothing does.
std::string WhyNotListening(int fd);
// Makes such a socket non-blocking and close-on-exec, as all others are. fcntl(2).
Result TakeOver(int fd);
// What tells one socket from all others while anybody has it open, 0 if it is closed. fstat(2).
uint64_t Identity(int fd);
// Ends listening for every process that has a copy of the socket. shutdown(2).
void StopListening(int fd);

// setsockopt(2) of an int.
Result SetOption(int fd, int level, int name, int value);
Result SetNoDelay(int fd, bool on);
Result SetReuseAddress(int fd);
Result SetIpv6Only(int fd, bool on);
bool IsIpv6Only(int fd);
// Urgent bytes stay in the stream (SO_OOBINLINE), tcp(7).
Result SetUrgentInline(int fd);
Result SetBufferSizes(int fd, int bytes);  // SO_SNDBUF and SO_RCVBUF
Result SetSendBuffer(int fd, int bytes);   // SO_SNDBUF
// The peer's host is asked whether it is there after `idle_seconds` (1 to 32767) of silence, and
// then every `interval_seconds`; `tries` without an answer break the connection (ETIMEDOUT, or what
// a router has said). SO_KEEPALIVE and TCP_KEEP*, tcp(7).
Result SetKeepAlive(int fd, int idle_seconds, int interval_seconds, int tries);
// The next close resets the connection and frees what it still holds (SO_LINGER with 0 s).
Result SetResetOnClose(int fd);

// SO_ERROR: the pending error of the socket, 0 for none, in value.
Result PendingError(int fd);
// SO_MEMINFO: callers that a listening socket has dropped, in value; each try of one counts. As a
// rule its backlog was full.
Result ListenDrops(int fd);
// TCP_INFO of a listening TCP socket: callers in its backlog now, and how many it takes; both -1 if
// the kernel does not say.
struct Backlog {
  int64_t waiting = -1;
  int64_t limit = -1;
};
Backlog BacklogOf(int fd);
// SIOCOUTQ: bytes that the kernel has taken, and whose arrival the peer's host has not
// acknowledged, in value; an end of stream counts as one. Of a unix socket: memory that the peer
// has not read.
Result UnackedBytes(int fd);
// SIOCINQ: bytes that have arrived and have not been read, in value.
Result UnreadBytes(int fd);
// poll(2) without waiting: false if a listening or connected socket has nothing to read. A poll
// that fails does not say so.
bool MayHaveInput(int fd);
// poll(2) for one descriptor: what of `events` (POLLIN, POLLOUT) is there in value, 0 if nothing
// came within `timeout_ms` or a signal interrupted.
Result Poll(int fd, short events, int timeout_ms);

// poll(2) for many: how many have something in value, as in Poll.
Result PollAll(std::span<pollfd> watched, int timeout_ms);

// getsockname(2), getpeername(2). An empty Address if the socket has none.
Address LocalAddress(int fd);
Address PeerAddress(int fd);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_SOCKET_H_
