// Connections over loopback with both ends in this process, to measure with.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_LINES_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_LINES_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "src/linux/address.h"
#include "src/linux/epoll.h"
#include "src/linux/fd.h"

namespace switchboard::load {

// One end of all connections, watched for input. One thread at a time.
struct End {
  sys::Epoll epoll;
  std::vector<sys::Fd> fds;
};

class Lines {
 public:
  // Throws std::runtime_error with one sentence if the system refuses.
  explicit Lines(int count);

  End& callers() { return callers_; }
  End& server() { return server_; }
  size_t count() const { return server_.fds.size(); }

  // Nanoseconds that it takes to accept a caller, to watch and to close it again.
  double AcceptOne();

 private:
  sys::Fd Call();

  sys::Fd listener_;
  sys::Address address_;
  End callers_, server_;
};

inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_LINES_H_
