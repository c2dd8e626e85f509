// Sockets that the program is started with: those of a socket unit, sd_listen_fds(3), and those
// that an earlier server has given the service manager to keep.
//
// Of the program alone; the Server is given them in Options::sockets. Used by the first thread.

#ifndef SWITCHBOARD_SRC_DAEMON_INHERITED_SOCKETS_H_
#define SWITCHBOARD_SRC_DAEMON_INHERITED_SOCKETS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/daemon/service_manager.h"
#include "src/listening/listener.h"
#include "switchboard/server.h"

namespace switchboard {

class InheritedSockets {
 public:
  // Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES and takes them out of the environment. Before
  // any descriptor is opened and any thread is started. Throws std::runtime_error with one sentence
  // that names a descriptor which is no listening socket.
  InheritedSockets();

  // A socket named after a service belongs to it, any other to echo; one that was kept belongs to
  // whoever asks for its address.
  const std::vector<Socket>& sockets() const { return sockets_; }
  // Listens for the status port at the one named "status", or at what --status says, `text`;
  // nullptr if there is neither. Exceptions are as of status::ListenForStatus. Once.
  std::unique_ptr<Listener> ListenForStatus(const std::string& text) const;

  // Once the server listens at `listening`: has `manager` keep the sockets that it does not have,
  // and close those that are kept and nobody asks for any more.
  void Settle(const std::vector<Server::Listening>& listening, const ServiceManager& manager) const;

 private:
  struct Kept {
    uint64_t socket;
    std::string name;
  };

  void Take(int descriptor, const std::string& name);

  std::vector<Socket> sockets_;
  int status_ = -1;
  // They are of another network than the sockets that the program makes, which nobody reaches then:
  // systemd's PrivateNetwork=yes.
  bool of_another_network_ = false;
  // By identity: the number of a descriptor that was closed may be another socket's meanwhile.
  std::vector<uint64_t> all_;
  std::vector<Kept> kept_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_DAEMON_INHERITED_SOCKETS_H_
