// Where the status port listens.

#ifndef SWITCHBOARD_SRC_STATUS_STATUS_LISTENER_H_
#define SWITCHBOARD_SRC_STATUS_STATUS_LISTENER_H_

#include <memory>
#include <string>

#include "src/listener.h"

namespace switchboard::status {

// Listens at what --status says; a bare port is one of this machine alone. Throws ListenError or
// std::runtime_error with one sentence if it cannot be had.
std::unique_ptr<Listener> ListenForStatus(const std::string& text);

// For people: "http://127.0.0.1:9100/", or of a unix socket its address.
std::string Url(const sys::Address& address);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_STATUS_LISTENER_H_
