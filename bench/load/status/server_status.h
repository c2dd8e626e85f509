// The status port of a server under load. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STATUS_SERVER_STATUS_H_
#define SWITCHBOARD_BENCH_LOAD_STATUS_SERVER_STATUS_H_

#include <cstdint>
#include <string>

#include "bench/load/status/server_figures.h"
#include "src/linux/address.h"

namespace switchboard::load {

class ServerStatus {
 public:
  // `address` as for the server's --status: a port of this machine, HOST:PORT, [IPV6]:PORT or
  // unix:/path. Throws std::invalid_argument if it is none, std::runtime_error if its name is not
  // known.
  explicit ServerStatus(const std::string& address);

  // Asks. Throws std::runtime_error with one sentence if within `patience_ms` nobody answers, or
  // somebody else than this server.
  ServerFigures Read(int64_t patience_ms = kPatienceMs) const;
  // The same of a server that has answered before, so that its address cannot be the reason.
  ServerFigures ReadAgain(int64_t patience_ms = kPatienceMs) const;

 private:
  static constexpr int64_t kPatienceMs = 5000;

  ServerFigures Ask(int64_t patience_ms, const char* if_not) const;

  std::string text_;
  sys::Address address_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STATUS_SERVER_STATUS_H_
