// An instance of the server under test that is started here and ends with this object. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_TARGET_STARTED_SERVER_H_
#define SWITCHBOARD_BENCH_LOAD_TARGET_STARTED_SERVER_H_

#include <cstdint>
#include <string>

#include "bench/linux/child.h"
#include "bench/load/base/deadline.h"
#include "src/linux/address.h"

namespace switchboard::load {

class StartedServer {
 public:
  // Runs `command` with {port} replaced by a free port of 127.0.0.1, and waits until it answers
  // there. `descriptor_limit` as for sys::Child. Throws std::runtime_error if it does not come up.
  StartedServer(const std::string& command, int64_t descriptor_limit, Deadline deadline);

  const sys::Address& address() const { return address_; }
  int pid() const { return process_.pid(); }
  bool Running() { return process_.Running(); }

 private:
  sys::Address address_;
  sys::Child process_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_TARGET_STARTED_SERVER_H_
