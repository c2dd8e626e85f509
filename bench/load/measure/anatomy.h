// Where the mean round trip of a message went, by the server's own figures over the measured part
// of the run. A plain value.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_ANATOMY_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_ANATOMY_H_

#include <cstdint>

namespace switchboard::load {

// Means for each read of the server's. With several messages in one read, each took as long as it.
struct Anatomy {
  uint64_t reads = 0;
  double round_trip_ns = 0;  // of the messages, by the generator
  double reactor_ns = 0;     // from the reactor's look at what was there to the dispatch
  double queue_ns = 0;       // until a worker began
  double service_ns = 0;     // until it had the reply
  double write_ns = 0;       // until that was sent
  bool write_known = false;  // otherwise the service has it

  // The kernel, the wire and the generator's own lag. Below 0 only if others called meanwhile, for
  // whom the server took longer.
  double RestNs() const { return round_trip_ns - reactor_ns - queue_ns - service_ns - write_ns; }
};

// The parts in their order on the way, but the rest. In the JSON KEY_us.
struct AnatomyPart {
  const char* key;
  double Anatomy::*ns;
  const char* meaning;
};
inline constexpr AnatomyPart kAnatomyParts[] = {
    {"reactor", &Anatomy::reactor_ns, "the reactor reads it and gives it to the pool"},
    {"queue", &Anatomy::queue_ns, "it waits for a worker"},
    {"service", &Anatomy::service_ns, "the worker makes the reply"},
    {"write", &Anatomy::write_ns, "the worker sends it"}};
inline constexpr const char* kAnatomyRest = "the kernel, the wire and the generator's own lag";

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_ANATOMY_H_
