#include "bench/load/status/server_status.h"

#include <stdexcept>

#include "bench/load/status/http_get.h"

namespace switchboard::load {
namespace {

constexpr const char* kPath = "/status.json";

sys::Address Find(const std::string& text) {
  sys::Endpoint endpoint = sys::ParseEndpoint(text);
  if (!endpoint.unix_path.empty()) return sys::Address::Unix(endpoint.unix_path);
  if (endpoint.port == 0) {
    throw std::invalid_argument("--status '" + text +
                                "' needs a port from 1 to 65535, as in 127.0.0.1:9100");
  }
  if (endpoint.host.empty()) endpoint.host = "127.0.0.1";
  return sys::Resolve(endpoint).front();
}

}  // namespace

ServerStatus::ServerStatus(const std::string& address) : text_(address), address_(Find(address)) {}

ServerFigures ServerStatus::Read(int64_t patience_ms) const {
  return Ask(patience_ms, "; give the address of the server's --status");
}

ServerFigures ServerStatus::ReadAgain(int64_t patience_ms) const {
  return Ask(patience_ms, "; it has answered before, so the server has gone or stands still");
}

ServerFigures ServerStatus::Ask(int64_t patience_ms, const char* if_not) const {
  const std::string asked = "the status port at " + text_ + " ";
  std::string body;
  try {
    body = HttpGet(address_, kPath, Deadline(patience_ms));
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(asked + error.what() + if_not);
  }
  try {
    return ParseServerFigures(body);
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(asked + "is not that of Switchboard (" + error.what() + ")" + if_not);
  }
}

}  // namespace switchboard::load
