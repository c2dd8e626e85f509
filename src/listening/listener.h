// A bound and listening socket, and where its calls go.
//
// Made before the server has threads: by OpenListeners, and then owned by the Acceptor; or for the
// status port, by whoever serves that. Constant from then on, but for the public members, which
// belong to the reactor thread, and for Share, which comes after a fork, before any other thread.

#ifndef SWITCHBOARD_SRC_LISTENING_LISTENER_H_
#define SWITCHBOARD_SRC_LISTENING_LISTENER_H_

#include <cstdint>
#include <stdexcept>
#include <string>

#include "src/connection/connection.h"
#include "src/linux/address.h"
#include "src/linux/fd.h"
#include "src/linux/socket_file.h"

namespace switchboard {

// One sentence for the user, and the errno that it is about.
struct ListenError : std::runtime_error {
  ListenError(const std::string& sentence, int e) : std::runtime_error(sentence), error(e) {}
  const int error;
};

// The file of a unix socket is removed when its listener goes, unless another has taken its place.
class Listener {
 public:
  // As in Options; what accepted sockets have as well.
  struct Settings {
    int backlog;
    int socket_buffer_bytes;
    int keepalive_seconds;
    int unix_mode;
    bool dual_stack;  // an IPv6 socket takes IPv4 callers as well
    bool stays;       // somebody else holds a copy, for the next server
    bool behind_proxy = false;
  };

  // `route` outlives every connection. Throws ListenError if `address` cannot be had.
  Listener(const sys::Address& address, const Route& route, Settings settings);
  // Adopts a socket that listens already (sys::WhyNotListening). The same exceptions.
  Listener(sys::Fd listening, const Route& route, Settings settings);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int fd() const { return fd_.get(); }
  const Route& route() const { return route_; }
  // The address it got, with the port that the kernel chose for port 0.
  sys::Address address() const;
  // False for an IPv6 socket that does not take IPv4 callers as well.
  bool takes_ipv4() const { return takes_ipv4_; }
  bool is_unix() const { return is_unix_; }
  // Each call begins with the header of a proxy.
  bool behind_proxy() const { return behind_proxy_; }
  // Whether somebody else has made the socket. Its backlog is then not emptied before it is closed:
  // whoever is on hold there waits for the next server.
  bool adopted() const { return adopted_; }
  // False if the file of a unix socket will stay, for want of the right to remove it.
  bool may_remove_file() const { return stays_ || file_.MayRemove(); }

  // Other processes have copies of the socket and go on with it: from here on it is only closed
  // when its listener goes, unless End says that it is over for all of them.
  void Share() { is_shared_ = true; }
  void End();

  // Sets on an accepted socket what it has not inherited: a unix socket inherits nothing.
  [[nodiscard]] sys::Result Prepare(int accepted) const;

  bool pending = false;  // the backlog may hold callers
  int pause_error = 0;   // accepting fails with it, until the next accept that works; 0: no pause
  int64_t retry_ms = 0;  // while paused: when to try
  // Handed over to another process: when to see whether it has taken who waited, whoever comes
  // meanwhile; 0: not handed over.
  int64_t look_back_ms = 0;
  bool asked = false;       // to look at the backlog before that
  int failures_in_row = 0;  // that may each have been about a single caller

 private:
  void SetUpTcp(const sys::Address& address, const Settings& settings);
  void SetUpAccepted(const sys::Address& address, const Settings& settings);
  void Bind(const sys::Address& address, const Settings& settings);

  const Route& route_;
  sys::Fd fd_;
  const bool is_unix_;
  const bool behind_proxy_;
  const bool adopted_ = false;
  const bool stays_;
  bool is_shared_ = false;
  const int socket_buffer_bytes_;
  sys::SocketFile file_;  // of a unix socket
  bool takes_ipv4_ = true;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_LISTENING_LISTENER_H_
