// An instance of the server under test that is started here and ends with this object. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_TARGET_STARTED_SERVER_H_
#define SWITCHBOARD_BENCH_LOAD_TARGET_STARTED_SERVER_H_

#include <array>
#include <cstdint>
#include <string>

#include "bench/linux/child.h"
#include "bench/load/base/deadline.h"
#include "src/linux/address.h"

namespace switchboard::load {

class StartedServer {
 public:
  // Runs `command` with {port} replaced by a free port of 127.0.0.1, and {status} by another, and
  // waits until it answers at the first. `descriptor_limit` as for sys::Child. Throws
  // std::runtime_error if it does not come up.
  StartedServer(const std::string& command, int64_t descriptor_limit, Deadline deadline);

  const sys::Address& address() const { return addresses_[0]; }
  // Of {status}.
  const sys::Address& status() const { return addresses_[1]; }
  int pid() const { return process_.pid(); }
  bool Running() { return process_.Running(); }

 private:
  std::array<sys::Address, 2> addresses_;
  sys::Child process_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_TARGET_STARTED_SERVER_H_
