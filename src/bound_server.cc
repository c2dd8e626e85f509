#include "src/bound_server.h"

#include <algorithm>
#include <stdexcept>

#include "src/linux/socket.h"
#include "src/options/table.h"
#include "src/services/service_time.h"

namespace switchboard {
namespace {

void Require(bool holds, const std::string& sentence) {
  if (!holds) throw std::invalid_argument(sentence);
}

void CheckProxy(const Options& options) {
  const auto proxied = std::ranges::find_if(options.listen, &Listen::proxy);
  const bool any = proxied != options.listen.end();
  Require(
      any || options.proxy_from.empty(),
      "Options::proxy_from is for nobody; add Options::listen PORT=SERVICE,proxy or leave it out");
  if (!any) return;
  Require(!options.proxy_from.empty(),
          "Options::listen " + proxied->address +
              " is behind a proxy; say whom to believe with Options::proxy_from");
}

// To the services that callers can reach; their pools are still to be started.
Routes RoutesOf(const Options& options, const Services& services) {
  for (const auto& [name, service] : services) {
    Require(service != nullptr, "the service '" + name + "' is null; give an object");
    Require(service->traits().max_read_bytes > 0,
            "the service '" + name + "' has max_read_bytes 0; give at least 1");
  }
  Routes routes;
  for (const std::string& name : ServicesListenedTo(options)) {
    const auto found = services.find(name);
    Require(found != services.end(), "Options::listen names an unknown service '" + name +
                                         "'; there are " + NamesOf(services));
    routes.emplace(name, Route{found->second.get(), found->second->traits(), nullptr});
  }
  for (const auto& [name, workers] : options.service_workers) {
    const std::string option = PoolOption(name, workers);
    Require(services.contains(name), option + " names no service; there are " + NamesOf(services));
    Require(routes.contains(name), option + " is a pool for nobody; add Options::listen PORT=" +
                                       name + " or leave it out");
  }
  return routes;
}

// Those that are shipped and those of the program, which replace them.
Services ServicesOf(const Options& options, const Services& added) {
  Services services = added;
  services.merge(ShippedServices(options));
  WrapServicesThatTakeTime(options, services);
  return services;
}

// Before anything else is made of them.
const Options& Checked(const Options& options) {
  CheckOptions(options);
  CheckProxy(options);
  return options;
}

}  // namespace

BoundServer::BoundServer(const Options& o, const Services& added)
    : options(Checked(o)),
      services(ServicesOf(options, added)),
      routes(RoutesOf(options, services)),
      roster(RosterOf(options, ServicesListenedTo(options))),
      listeners(OpenListeners(options, routes)) {
  if (options.when_bound) options.when_bound();
}

// Wildcards are expanded to the machine's addresses.
std::vector<std::string> BoundServer::Addresses() const {
  std::vector<std::string> texts;
  for (const auto& listener : listeners) {
    const sys::Address address = listener->address();
    if (!address.IsWildcard()) {
      texts.push_back(address.ToString());
      continue;
    }
    const bool ipv6 = address.family() == AF_INET6;
    const std::vector<sys::Address> expanded =
        sys::InterfaceAddresses(address.port(), listener->takes_ipv4(), ipv6);
    // No interface is up, or the kernel does not say which there are.
    if (expanded.empty()) texts.push_back(address.ToString());
    for (const sys::Address& each : expanded) texts.push_back(each.ToString());
  }
  return texts;
}

std::vector<Server::Listening> BoundServer::ListeningSockets() const {
  std::vector<Server::Listening> sockets;
  for (const auto& listener : listeners) {
    sockets.push_back({listener->fd(), listener->address().ToString()});
  }
  return sockets;
}

}  // namespace switchboard
