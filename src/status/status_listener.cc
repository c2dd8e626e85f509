#include "src/status/status_listener.h"

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

}  // namespace

std::unique_ptr<Listener> ListenForStatus(const std::string& text) {
  static const Route kNobody{};
  sys::Endpoint endpoint = sys::ParseEndpoint(text);
  if (endpoint.host.empty() && endpoint.unix_path.empty()) endpoint.host = "127.0.0.1";
  const Listener::Settings settings{.backlog = kBacklog,
                                    .socket_buffer_bytes = 0,
                                    .keepalive_seconds = 0,
                                    .unix_mode = -1,
                                    .dual_stack = true,
                                    .stays = false};
  try {
    return std::make_unique<Listener>(sys::ListenAddresses(endpoint).front(), kNobody, settings);
  } catch (const ListenError& error) {
    throw ListenError(NamingStatus(error.what()), error.error);
  }
}

std::string Url(const sys::Address& address) {
  return address.IsUnix() ? address.ToString() : "http://" + address.ToString() + "/";
}

}  // namespace switchboard::status
