#include "src/linux/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {
namespace {

using sim::Listening;
using sim::Machine;
using sim::Seam;
using sim::Stream;
using sim::SystemCall;

Address Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return Address(reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

// What an injected fault of recv or send does to the connection, so that the whole is something
// that a kernel may do.
void Afflict(Stream& stream, int fault, uint32_t edge) {
  switch (fault) {
    case EAGAIN:  // what was not there is there a moment later
    case sim::kShort:
      return stream.Wake(edge);
    case ENOBUFS:
    case ENOMEM:
      return sim::MarkHit(stream);
    default:
      sim::MarkHit(stream);
      stream.Break(fault);
      (void)stream.TakeError();
  }
}

// A call on a connection: `body` does it, unless a fault comes first.
template <typename Body>
Result OnStream(SystemCall call, int fd, int64_t argument, uint32_t edge, Body body) {
  Seam seam(call, fd, argument);
  Stream* const stream = Machine::Here().Find<Stream>(fd);
  if (stream == nullptr) return seam.Noted({-1, EBADF});
  const Result result = seam.Returns([&] { return body(*stream, seam); });
  if (seam.fault() != 0) Afflict(*stream, seam.fault(), edge);
  Machine::Here().Settle();
  return result;
}

Result SendOn(int fd, const void* data, size_t size, bool urgent) {
  return OnStream(SystemCall::kSend, fd, static_cast<int64_t>(size), EPOLLOUT,
                  [&](Stream& stream, const Seam& seam) {
                    return stream.Send(static_cast<const char*>(data),
                                       sim::Shortened(seam.fault(), size), urgent);
                  });
}

// A call that changes the settings of a socket that does not listen yet, or is connected.
template <typename Change>
Result Set(int fd, Change change) {
  Seam seam(SystemCall::kSetOption, fd);
  Stream* const stream = Machine::Here().Find<Stream>(fd);
  return seam.Returns([&]() -> Result {
    if (stream != nullptr) change(*stream);
    return {};
  });
}

}  // namespace

Result StreamSocket(int family) {
  Seam seam(SystemCall::kSocket, family);
  return seam.Returns([&]() -> Result {
    if (family != AF_INET) return {-1, EAFNOSUPPORT};
    const auto stream = std::make_shared<Stream>();
    const Result opened = Machine::Here().Open(stream);
    if (opened) Machine::Here().NoteStream(stream);
    return opened;
  });
}

Result Bind(int fd, const Address& address) {
  Seam seam(SystemCall::kBind, fd, address.port());
  return seam.Returns([&]() -> Result {
    Machine& machine = Machine::Here();
    const uint16_t port = address.port() != 0 ? address.port() : machine.FreePort();
    if (machine.IsTaken(port)) return {-1, EADDRINUSE};
    machine.NoteBound(port);
    machine.Find<Stream>(fd)->local_port = port;
    return {};
  });
}

Result Listen(int fd, int backlog) {
  Seam seam(SystemCall::kListen, fd, backlog);
  return seam.Returns([&]() -> Result {
    Machine& machine = Machine::Here();
    const Stream& bound = *machine.Find<Stream>(fd);
    const auto listening =
        std::make_shared<Listening>(bound.settings, bound.local_port, static_cast<size_t>(backlog));
    machine.NoteListening(listening->port, listening);
    machine.Replace(fd, listening);
    return {};
  });
}

Result Accept(int fd, Address* peer) {
  Seam seam(SystemCall::kAccept, fd);
  Machine& machine = Machine::Here();
  Listening* const listening = machine.Find<Listening>(fd);
  if (listening == nullptr) return seam.Noted({-1, EBADF});
  if (seam.fault() == EAGAIN) listening->Wake(EPOLLIN);
  if (seam.fault() == ECONNABORTED || seam.fault() == EPROTO) {
    if (const std::shared_ptr<Stream> lost = listening->Accept()) {
      sim::MarkHit(*lost);
      lost->reset_on_close = true;
      machine.Leave(lost);
    }
  }
  return seam.Returns([&]() -> Result {
    // Linux looks for a descriptor first.
    if (!machine.HasFreeDescriptor()) return {-1, EMFILE};
    const std::shared_ptr<Stream> caller = listening->Accept();
    if (caller == nullptr) return {-1, EAGAIN};
    if (peer != nullptr) *peer = Loopback(caller->peer_port);
    return machine.Open(caller);
  });
}

Result Connect(int fd, const Address& address) {
  Seam seam(SystemCall::kConnect, fd, address.port());
  Machine& machine = Machine::Here();
  machine.Connect(*machine.Find<Stream>(fd), address.port());
  return seam.Noted({-1, EINPROGRESS});
}

Result Recv(int fd, void* data, size_t size) {
  return OnStream(SystemCall::kRecv, fd, static_cast<int64_t>(size), EPOLLIN,
                  [&](Stream& stream, const Seam& seam) {
                    return stream.Receive(static_cast<char*>(data),
                                          sim::Shortened(seam.fault(), size));
                  });
}

Result Peek(int fd, void* data, size_t size) {
  return OnStream(SystemCall::kRecv, fd, static_cast<int64_t>(size), EPOLLIN,
                  [&](Stream& stream, const Seam& seam) {
                    return stream.Peek(static_cast<char*>(data),
                                       sim::Shortened(seam.fault(), size));
                  });
}

Result RecvUnix(int fd, void* data, size_t size, bool& cut) {
  cut = false;
  return Recv(fd, data, size);
}

Result Send(int fd, const void* data, size_t size) { return SendOn(fd, data, size, false); }

Result SendUrgent(int fd, const void* data, size_t size) { return SendOn(fd, data, size, true); }

Result ShutdownWrite(int fd) {
  return OnStream(SystemCall::kShutdown, fd, 0, 0,
                  [](Stream& stream, const Seam&) { return stream.ShutdownWrite(); });
}

// Nobody hands sockets to a simulated server.
std::string WhyNotListening(int) { return "is closed"; }
Result TakeOver(int) { return {-1, EBADF}; }
void StopListening(int) {}
bool IsIpv6Only(int) { return false; }

Result SetOption(int fd, int, int, int) {
  return Set(fd, [](Stream&) {});
}
Result SetNoDelay(int fd, bool) {
  return Set(fd, [](Stream&) {});
}
Result SetReuseAddress(int fd) {
  return Set(fd, [](Stream&) {});
}
Result SetIpv6Only(int fd, bool) {
  return Set(fd, [](Stream&) {});
}
Result SetUrgentInline(int fd) {
  return Set(fd, [](Stream& stream) { stream.settings.urgent_inline = true; });
}
Result SetKeepAlive(int fd, int, int, int) {
  return Set(fd, [](Stream&) {});
}
Result SetSendBuffer(int fd, int bytes) {
  return Set(fd,
             [bytes](Stream& stream) { stream.settings.send_bytes = static_cast<size_t>(bytes); });
}
Result SetBufferSizes(int fd, int bytes) {
  return Set(fd, [bytes](Stream& stream) {
    stream.settings.send_bytes = stream.settings.receive_bytes = static_cast<size_t>(bytes);
  });
}
Result SetResetOnClose(int fd) {
  return Set(fd, [](Stream& stream) { stream.reset_on_close = true; });
}

Result PendingError(int fd) {
  return OnStream(SystemCall::kQuery, fd, 0, 0, [](Stream& stream, const Seam&) {
    return Result{stream.TakeError(), 0};
  });
}

Result UnackedBytes(int fd) {
  return OnStream(SystemCall::kQuery, fd, 1, 0, [](Stream& stream, const Seam&) {
    return Result{static_cast<long>(stream.unacked_bytes()), 0};
  });
}

Result UnreadBytes(int fd) {
  return OnStream(SystemCall::kQuery, fd, 2, 0, [](Stream& stream, const Seam&) {
    return Result{static_cast<long>(stream.unread_bytes()), 0};
  });
}

bool MayHaveInput(int fd) { return Poll(fd, POLLIN, 0).value != 0; }

Result Poll(int fd, short events, int timeout_ms) {
  Seam seam(SystemCall::kQuery, fd, events);
  Machine& machine = Machine::Here();
  sim::File* const file = machine.Find<sim::File>(fd);
  if (file == nullptr) return seam.Noted({POLLNVAL, 0});
  const uint32_t wanted = static_cast<uint32_t>(events) | POLLERR | POLLHUP;
  const auto found = [&] { return (file->Mask() & wanted) != 0; };
  const int64_t now_ns = machine.scheduler.now_ns();
  machine.scheduler.WaitUntil(
      found, timeout_ms < 0 ? sim::kNeverNs : now_ns + int64_t{timeout_ms} * 1'000'000);
  return seam.Noted({static_cast<long>(file->Mask() & wanted), 0});
}

Address LocalAddress(int fd) {
  Seam seam(SystemCall::kAddress, fd);
  Machine& machine = Machine::Here();
  if (!seam.Returns([] { return Result(); })) return {};
  if (const Listening* const listening = machine.Find<Listening>(fd)) {
    return Loopback(listening->port);
  }
  const Stream* const stream = machine.Find<Stream>(fd);
  return stream == nullptr ? Address() : Loopback(stream->local_port);
}

Address PeerAddress(int fd) {
  Seam seam(SystemCall::kAddress, fd, 1);
  if (!seam.Returns([] { return Result(); })) return {};
  const Stream* const stream = Machine::Here().Find<Stream>(fd);
  return stream == nullptr || !stream->connected() ? Address() : Loopback(stream->peer_port);
}

Result ListenDrops(int) { return {}; }

Backlog BacklogOf(int) { return {}; }

}  // namespace switchboard::sys
