// How many file descriptors a load needs. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_DESCRIPTORS_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_DESCRIPTORS_H_

#include <cstdint>

namespace switchboard::load {

// Beside those of its connections: an epoll set, an eventfd and a file that is read for each
// thread, and standard streams, reports, counters of the server.
inline int64_t DescriptorsBeside(int threads) { return int64_t{3} * threads + 32; }

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_DESCRIPTORS_H_
