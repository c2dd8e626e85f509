// What the steps of a server cost on one host, in nanoseconds, and how well a simulation with them
// has done beside real runs there.
//
// What is work of a CPU is a median, and how fast the CPUs were from moment to moment stands apart;
// what is a wait is a distribution. Plain values; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_COSTS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_COSTS_H_

#include <string>
#include <vector>

#include "bench/load/base/json.h"
#include "bench/load/staff/spread.h"

namespace switchboard::load {

// A real run beside its simulation.
struct ComparedRun {
  double callers = 0, rate = 0, workers = 0, size_bytes = 0, service_us = 0, processes = 1;
  bool cpu_service = false;
  double measured_per_second = 0, simulated_per_second = 0;
  double measured_p99_us = 0, simulated_p99_us = 0;  // measured: 0 if it is not known

  // How far the simulation is off, as a part of what was measured.
  double ThroughputError() const { return simulated_per_second / measured_per_second - 1; }
  double P99Error() const { return simulated_p99_us / measured_p99_us - 1; }
  // Whether it was near enough: within 10 % of the throughput and 20 % of the p99.
  bool Holds() const;
};

// How long equal pieces of work took, one after another, on CPUs that were all busy with them at
// the same time: in percent of the median of all.
struct PaceRecord {
  double piece = 0;                          // that median
  std::vector<std::vector<int>> percents{};  // of each CPU; none: always 100

  std::vector<double> All() const;
  // How many times as long as the median a piece took in the mean.
  double Mean() const;
  // Whether others seem to have had the CPUs meanwhile, so that Mean says nothing of the host.
  bool HadOthers() const;
};

struct Costs {
  std::string host, kernel, cpu_model;
  double cpus = 1;

  double read = 0, read_byte = 0;    // recv of a message
  double write = 0, write_byte = 0;  // send of a message, with its way into the other end's socket
  // The same, besides, where there are so many connections that none of them is in a CPU's caches.
  double read_cold = 0, write_cold = 0;
  double cold_callers = 0;             // so many
  double poll = 0, poll_event = 0;     // epoll_wait, and for each event that it returns
  double wake = 0;                     // what waking a thread on another CPU costs who does it
  Spread wake_delay;                   // from then until it runs
  Spread nap_delay;                    // the same where the CPU had been idle for a millisecond
  double hand_over = 0;                // from one thread to the next on the same CPU
  Spread timer_delay;                  // how late a thread runs that sleeps for a while
  double accept = 0;                   // of a new caller, until epoll watches it, and its end
  double job = 0;                      // a message's books and queues in the server
  double client = 0, client_byte = 0;  // what the load generator does with a message besides

  PaceRecord pace;
  std::vector<ComparedRun> compared;

  // A message of so many bytes, where there are so many connections.
  double Read(double bytes, double callers) const {
    return read + bytes * read_byte + Coldness(callers) * read_cold;
  }
  double Write(double bytes, double callers) const {
    return write + bytes * write_byte + Coldness(callers) * write_cold;
  }
  // 0 where all connections are in the caches, up to 1 where none is.
  double Coldness(double callers) const;
};

// As many connections as fit in the caches with room to spare.
inline constexpr double kWarmCallers = 32;

// For people.
std::string ToText(const Costs& costs);
Json ToJson(const Costs& costs);
// Throws std::invalid_argument that says what is missing or wrong.
Costs CostsFromJson(const Json& json);
// Reads `path`; throws std::runtime_error with one sentence if that cannot be done.
Costs ReadCosts(const std::string& path);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_COSTS_H_
