// Reports of runs that went well, to be merged.

#ifndef SWITCHBOARD_TESTS_LOAD_FINISHED_RUNS_H_
#define SWITCHBOARD_TESTS_LOAD_FINISHED_RUNS_H_

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "bench/load/measure/report.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/merge/merge.h"

namespace switchboard::load {

// A second of `messages` messages of `latency_ns` each, on as many connections, all well.
inline Report Run(const std::string& host, uint64_t messages, int64_t latency_ns) {
  Report report;
  report.options.target = "127.0.0.1:8000";
  report.options.connections = 2;
  report.options.seed = messages;
  report.machine.host = host;
  report.machine.cpus = 4;
  report.machine.started_at = "2030-01-02T03:04:05Z";
  report.seconds = 1;
  report.messages = messages;
  report.bytes = 64 * messages;
  report.timeline.resize(1);
  report.timeline[0].messages = messages;
  report.timeline[0].bytes = report.bytes;
  for (uint64_t i = 0; i < messages; ++i) {
    report.latency.Record(latency_ns);
    report.timeline[0].latency.Record(latency_ns);
  }
  report.naive_latency = report.latency;
  report.connect.Record(latency_ns);
  report.verification.verified_bytes = report.bytes;
  report.generator.busy_share = 0.5;
  report.generator.cpu_s = 0.5;
  report.generator.connections_open = 2;
  report.generator.mean_in_flight = static_cast<double>(report.latency.sum_ns()) / 1e9;
  report.generator.mean_in_flight_by_law = report.generator.mean_in_flight;
  Judge(report);
  REQUIRE(report.verdict == kValid);
  return report;
}

inline Report Fast() { return Run("fast", 9000, 50'000); }
inline Report Slow() { return Run("slow", 1000, 1'000'000); }
inline Report MergeTwo(const Report& a, const Report& b) {
  return Merge({{"a.json", a}, {"b.json", b}});
}

// The same run from `start_s` on.
inline Report At(Report run, double start_s) {
  run.window_start_s = start_s;
  run.window_end_s = start_s + run.seconds;
  return run;
}

inline bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace switchboard::load

#endif  // SWITCHBOARD_TESTS_LOAD_FINISHED_RUNS_H_
