#include "src/listening/listeners.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "src/linux/process.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

using Listeners = std::vector<std::unique_ptr<Listener>>;

// One entry of Options::listen. A host name may stand for several addresses.
struct Wanted {
  Listen listen;
  uint16_t port;
  bool dual_stack;
  std::vector<sys::Address> addresses;
};

// One of Options::sockets.
struct Found {
  sys::Fd fd;  // none once it is used
  std::string service;
  sys::Address address;
  bool ipv6_only;
};

// One with a service is used whoever it takes: there cannot be another beside it.
bool IsAt(const Found& found, const sys::Address& address, bool dual_stack) {
  if (!found.fd || found.address != address) return false;
  return !found.service.empty() || address.family() != AF_INET6 || found.ipv6_only != dual_stack;
}

// Options::listen; empty, it is the default, unless a socket replaces that.
std::vector<Listen> ListensOf(const Options& options) {
  const bool replaced = std::ranges::any_of(
      options.sockets, [](const Socket& socket) { return !socket.service.empty(); });
  if (!options.listen.empty() || replaced) return options.listen;
  return {{.address = "8000"}};
}

std::vector<Wanted> LookUp(const std::vector<Listen>& listens) {
  std::vector<Wanted> all;
  for (const Listen& listen : listens) {
    const sys::Endpoint endpoint = sys::ParseEndpoint(listen.address);
    all.push_back({listen, endpoint.port, endpoint.host.empty(), sys::ListenAddresses(endpoint)});
  }
  return all;
}

std::vector<Found> TakeSockets(const Options& options) {
  std::vector<Found> all;
  for (const Socket& socket : options.sockets) {
    const int fd = socket.descriptor;
    if (const std::string fault = sys::WhyNotListening(fd); !fault.empty()) {
      throw std::invalid_argument("Options::sockets has descriptor " + std::to_string(fd) +
                                  ", which " + fault + "; give a listening stream socket");
    }
    all.push_back({sys::Fd(fd), socket.service, sys::LocalAddress(fd), sys::IsIpv6Only(fd)});
  }
  return all;
}

// A socket that is closed here goes on listening where somebody else has a copy, in the way of
// those to be opened.
void EndUnwanted(std::vector<Found>& found, const std::vector<Wanted>& wanted) {
  for (Found& each : found) {
    const bool is_wanted =
        !each.service.empty() || std::ranges::any_of(wanted, [&](const Wanted& w) {
          return std::ranges::any_of(w.addresses, [&](const sys::Address& address) {
            return IsAt(each, address, w.dual_stack);
          });
        });
    if (is_wanted) continue;
    sys::SocketFile file(each.address.path());
    file.Find();
    sys::StopListening(each.fd.get());
    file.Remove();
    each.fd.Reset();
  }
}

Found* FindAt(std::vector<Found>& found, const sys::Address& address, const Wanted& wanted) {
  for (Found& each : found) {
    if (!IsAt(each, address, wanted.dual_stack)) continue;
    if (each.service.empty() || each.service == wanted.listen.service) return &each;
    throw std::invalid_argument("Options::listen " + wanted.listen.address + "=" +
                                wanted.listen.service + " contradicts descriptor " +
                                std::to_string(each.fd.get()) + " at the same address, which is " +
                                "for the service " + each.service + "; leave one of them out");
  }
  return nullptr;
}

Listener::Settings SettingsOf(const Options& options, bool dual_stack, bool behind_proxy) {
  return {.backlog = BacklogOf(options),
          .socket_buffer_bytes = options.socket_buffer_bytes,
          .keepalive_seconds = options.keepalive_seconds,
          .unix_mode = options.unix_mode,
          .dual_stack = dual_stack,
          .stays = options.sockets_stay,
          .behind_proxy = behind_proxy};
}

// Addresses that this machine does not have are left out, unless it has none of them.
void OpenAll(const Wanted& wanted, const Route& route, const Options& options,
             std::vector<Found>& found, Listeners& listeners) {
  const Listener::Settings settings = SettingsOf(options, wanted.dual_stack, wanted.listen.proxy);
  uint16_t port = wanted.port;
  size_t refused = 0;
  for (const sys::Address& address : wanted.addresses) {
    if (Found* const there = FindAt(found, address, wanted)) {
      listeners.push_back(std::make_unique<Listener>(std::move(there->fd), route, settings));
      continue;
    }
    try {
      listeners.push_back(std::make_unique<Listener>(address.WithPort(port), route, settings));
      port = listeners.back()->address().port();
    } catch (const ListenError& error) {
      const bool useless = error.error == EADDRNOTAVAIL || error.error == EAFNOSUPPORT;
      if (!useless || ++refused == wanted.addresses.size()) throw;
    }
  }
}

const Route& RouteTo(const std::string& service, const Routes& routes) {
  return routes.find(service)->second;
}

}  // namespace

std::vector<std::string> ServicesListenedTo(const Options& options) {
  std::vector<std::string> services;
  for (const Listen& listen : ListensOf(options)) services.push_back(listen.service);
  for (const Socket& socket : options.sockets) {
    if (!socket.service.empty()) services.push_back(socket.service);
  }
  return services;
}

int BacklogOf(const Options& options) {
  return std::min(options.backlog, sys::MaxBacklog().value_or(options.backlog));
}

std::vector<std::unique_ptr<Listener>> OpenListeners(const Options& options, const Routes& routes) {
  std::vector<Found> found = TakeSockets(options);
  const std::vector<Wanted> wanted = LookUp(ListensOf(options));
  EndUnwanted(found, wanted);
  Listeners listeners;
  for (const Wanted& each : wanted) {
    OpenAll(each, RouteTo(each.listen.service, routes), options, found, listeners);
  }
  for (Found& each : found) {
    if (!each.fd) continue;
    const Route& route = RouteTo(each.service, routes);
    const Listener::Settings settings = SettingsOf(options, true, false);
    listeners.push_back(std::make_unique<Listener>(std::move(each.fd), route, settings));
  }
  return listeners;
}

Snapshot::ListenerFigures FiguresOf(const Listener& listener, const Routes& routes,
                                    const Roster& roster) {
  Snapshot::ListenerFigures figures;
  figures.address = listener.address().ToString();
  figures.inherited = listener.adopted();
  for (const Roster::Service& service : roster.services) {
    if (&routes.at(service.name) != &listener.route()) continue;
    figures.service = service.name;
    figures.pool = roster.pools[service.pool].name;
  }
  if (listener.is_unix()) return figures;
  const sys::Backlog backlog = sys::BacklogOf(listener.fd());
  figures.on_hold = backlog.waiting;
  figures.backlog = backlog.limit;
  return figures;
}

void WarnIfFileStays(const Listener& listener, Log& log) {
  if (listener.may_remove_file()) return;
  log.Write(LogLevel::kWarn, "unix_path_stays",
            LogText() << "at=" << listener.address().ToText()
                      << " hint=\"the right to remove it was given up; choose a folder of the "
                         "user's own\"");
}

}  // namespace switchboard
