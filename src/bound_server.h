// What a Server is before it has threads: the services, and the sockets that it listens at.
//
// The program makes one by itself if it is to be several processes: it forks when this is there,
// and each process makes a Server of its copy. Used by one thread, and then moved into the Server.

#ifndef SWITCHBOARD_SRC_BOUND_SERVER_H_
#define SWITCHBOARD_SRC_BOUND_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "src/accepting/colleagues.h"
#include "src/books/books.h"
#include "src/listening/listeners.h"
#include "src/services/services.h"
#include "switchboard/options.h"
#include "switchboard/server.h"

namespace switchboard {

struct BoundServer {
  // Binds and listens on every address, and calls Options::when_bound. `added` and exceptions are
  // those of Server's constructor.
  BoundServer(const Options& o, const Services& added);

  // As those of Server.
  std::vector<std::string> Addresses() const;
  std::vector<Server::Listening> ListeningSockets() const;

  Options options;
  Services services;
  Routes routes;  // their pools and books are still to come
  Roster roster;
  std::vector<std::unique_ptr<Listener>> listeners;
  // Where the Server counts, if others look there too: they are of the same roster and outlive it.
  const Books* books = nullptr;
  Colleagues* colleagues = nullptr;  // if the server is several processes; outlives it
  // Called by the reactor thread when the listening sockets are closed, unless null.
  std::function<void()> when_closed;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BOUND_SERVER_H_
