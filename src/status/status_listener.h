// Where the status port listens. One thread, before the port is made: a name may be looked up,
// which takes its time.

#ifndef SWITCHBOARD_SRC_STATUS_STATUS_LISTENER_H_
#define SWITCHBOARD_SRC_STATUS_STATUS_LISTENER_H_

#include <memory>
#include <string>

#include "src/listening/listener.h"

namespace switchboard::status {

// Listens at what --status says; a bare port is one of this machine alone. `secluded`: no other
// program is in the network of this one. Throws ListenError or std::runtime_error with one sentence
// if it cannot be had, or reached.
std::unique_ptr<Listener> ListenForStatus(const std::string& text, bool secluded = false);

// Adopts a socket that listens already; `text` is what --status says, if anything. Throws
// std::invalid_argument if that is another address.
std::unique_ptr<Listener> AdoptForStatus(int listening, const std::string& text);

// For people: "http://127.0.0.1:9100/", or of a unix socket its address. Any thread.
std::string Url(const sys::Address& address);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_STATUS_LISTENER_H_
