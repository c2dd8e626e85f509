#include "src/listening/listener.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "src/linux/fork.h"
#include "src/linux/socket.h"
#include "src/linux/way_out.h"

namespace switchboard {
namespace {

constexpr int kKeepaliveTries = 3;

std::string WayOut(const sys::Address& address, int error) {
  switch (error) {
    case EADDRINUSE:
      return !address.path().empty() && !sys::SocketFile(address.path()).Find()
                 ? "the path is a file that is no socket, so choose another with Options::listen"
                 : "stop the program that listens there or choose another with Options::listen";
    case EACCES:
    case EPERM:
      return address.IsUnix()
                 ? "choose a path in a directory that you may write to"
                 : "choose a port of 1024 or more with Options::listen, or run as root";
    case EADDRNOTAVAIL:
      return "choose an address of this machine with Options::listen";
    case EAFNOSUPPORT:
      return "this machine does not have that kind of address; choose another with Options::listen";
    case ENOENT:
    case ENOTDIR:
      return "make the directory first or choose another path with Options::listen";
    default:
      break;
  }
  if (address.LacksZone()) return "name the interface, as in [fe80::1%eth0]:8000";
  const std::string lacking = sys::WayOut(error);
  return lacking.empty() ? "choose another with Options::listen" : lacking;
}

[[noreturn]] void Refuse(const sys::Address& address, int error) {
  throw ListenError("cannot listen at " + address.ToString() + ": " + std::strerror(error) + "; " +
                        WayOut(address, error),
                    error);
}

void OrRefuse(const sys::Address& address, sys::Result result) {
  if (!result) Refuse(address, result.error);
}

// Whether nobody answers at a unix socket: it is left over from a program that is gone.
bool IsStale(const sys::Address& address) {
  const sys::Fd probe(static_cast<int>(sys::StreamSocket(AF_UNIX).value));
  return sys::Connect(probe.get(), address).error == ECONNREFUSED;
}

}  // namespace

Listener::Listener(const sys::Address& address, const Route& route, Settings settings)
    : route_(route),
      is_unix_(address.IsUnix()),
      behind_proxy_(settings.behind_proxy),
      stays_(settings.stays),
      socket_buffer_bytes_(settings.socket_buffer_bytes),
      file_(address.path()) {
  const sys::Result made = sys::StreamSocket(address.family());
  OrRefuse(address, made);
  fd_.Reset(static_cast<int>(made.value));
  if (!is_unix_) SetUpTcp(address, settings);
  Bind(address, settings);
  if (const sys::Result listening = sys::Listen(fd(), settings.backlog); !listening) {
    file_.Remove();
    Refuse(address, listening.error);
  }
}

Listener::Listener(sys::Fd listening, const Route& route, Settings settings)
    : route_(route),
      fd_(std::move(listening)),
      is_unix_(address().IsUnix()),
      behind_proxy_(settings.behind_proxy),
      adopted_(true),
      stays_(true),
      socket_buffer_bytes_(settings.socket_buffer_bytes) {
  OrRefuse(address(), sys::TakeOver(fd()));
  if (is_unix_) return;
  SetUpAccepted(address(), settings);
  takes_ipv4_ = address().family() == AF_INET || !sys::IsIpv6Only(fd());
}

// Nobody can call before it listens, so nobody does with other permissions than those asked for.
void Listener::Bind(const sys::Address& address, const Settings& settings) {
  sys::Result bound = sys::Bind(fd(), address);
  if (bound.error == EADDRINUSE && file_.Find() && IsStale(address)) {
    file_.Remove();
    bound = sys::Bind(fd(), address);
  }
  OrRefuse(address, bound);
  if (!file_.Find() || settings.unix_mode < 0) return;
  const sys::Result set = file_.SetMode(static_cast<mode_t>(settings.unix_mode));
  if (set) return;
  file_.Remove();
  throw ListenError("cannot set the permissions of " + address.ToString() + ": " +
                        std::strerror(set.error) + "; leave Options::unix_mode out",
                    set.error);
}

void Listener::SetUpTcp(const sys::Address& address, const Settings& settings) {
  OrRefuse(address, sys::SetReuseAddress(fd()));
  takes_ipv4_ = address.family() == AF_INET || settings.dual_stack;
  if (address.family() == AF_INET6) OrRefuse(address, sys::SetIpv6Only(fd(), !takes_ipv4_));
  SetUpAccepted(address, settings);
}

// What accepted sockets inherit.
void Listener::SetUpAccepted(const sys::Address& address, const Settings& settings) {
  OrRefuse(address, sys::SetUrgentInline(fd()));
  OrRefuse(address, sys::SetNoDelay(fd(), true));
  if (const int idle = settings.keepalive_seconds; idle > 0) {
    OrRefuse(address, sys::SetKeepAlive(fd(), idle, std::max(1, idle / 6), kKeepaliveTries));
  }
  if (settings.socket_buffer_bytes > 0) {
    OrRefuse(address, sys::SetBufferSizes(fd(), settings.socket_buffer_bytes));
  }
}

sys::Result Listener::Prepare(int accepted) const {
  if (!is_unix_) return {};
  const sys::Result set = sys::SetUrgentInline(accepted);
  if (!set || socket_buffer_bytes_ == 0) return set;
  // That bounds the reply. What the caller says waits in its own send buffer.
  return sys::SetSendBuffer(accepted, socket_buffer_bytes_);
}

Listener::~Listener() {
  if (!is_shared_) End();
}

void Listener::End() {
  if (stays_) return;
  file_.Remove();
  if (is_shared_ || sys::HasForked()) sys::StopListening(fd());
}

sys::Address Listener::address() const { return sys::LocalAddress(fd()); }

}  // namespace switchboard
