#include "src/status/status_listener.h"

#include <stdexcept>
#include <string_view>

namespace switchboard::status {
namespace {

constexpr int kBacklog = 64;

// The way out is to say another --status.
std::string NamingStatus(std::string sentence) {
  constexpr std::string_view kOther = "Options::listen";
  const size_t found = sentence.find(kOther);
  return found == std::string::npos ? sentence : sentence.replace(found, kOther.size(), "--status");
}

sys::Address AddressOf(const std::string& text) {
  sys::Endpoint endpoint = sys::ParseEndpoint(text);
  if (endpoint.host.empty() && endpoint.unix_path.empty()) endpoint.host = "127.0.0.1";
  return sys::ListenAddresses(endpoint).front();
}

const Route kNobody{};

constexpr Listener::Settings kSettings{.backlog = kBacklog,
                                       .socket_buffer_bytes = 0,
                                       .keepalive_seconds = 0,
                                       .unix_mode = -1,
                                       .dual_stack = true,
                                       .stays = false};

}  // namespace

std::unique_ptr<Listener> ListenForStatus(const std::string& text, bool secluded) {
  const sys::Address address = AddressOf(text);
  if (secluded && !address.IsUnix()) {
    throw std::runtime_error(
        "--status " + text +
        " could be reached by nobody, as the process has a network of its own "
        "(PrivateNetwork=yes); leave it out and start switchboard-status.socket, or give "
        "--status unix:/path");
  }
  try {
    return std::make_unique<Listener>(address, kNobody, kSettings);
  } catch (const ListenError& error) {
    throw ListenError(NamingStatus(error.what()), error.error);
  }
}

std::unique_ptr<Listener> AdoptForStatus(int listening, const std::string& text) {
  auto listener = std::make_unique<Listener>(sys::Fd(listening), kNobody, kSettings);
  if (text.empty() || AddressOf(text) == listener->address()) return listener;
  throw std::invalid_argument("--status " + text + " contradicts descriptor " +
                              std::to_string(listening) + " ('status') of LISTEN_FDS, which is " +
                              listener->address().ToString() + "; leave one of them out");
}

std::string Url(const sys::Address& address) {
  return address.IsUnix() ? address.ToString() : "http://" + address.ToString() + "/";
}

}  // namespace switchboard::status
