// One of the servers that are compared: called where it runs, or started here and ended with this
// object. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_COMPARE_CONTENDER_H_
#define SWITCHBOARD_BENCH_LOAD_COMPARE_CONTENDER_H_

#include <atomic>
#include <memory>
#include <vector>

#include "bench/load/compare/compare.h"
#include "bench/load/target/process_meter.h"
#include "bench/load/target/started_server.h"

namespace switchboard::load {

class Contender {
 public:
  // Starts it if it is a command, and hears what it says first if options.load does not tell.
  // Throws std::runtime_error with one sentence that names it, also if `stop` ended it.
  Contender(const TargetSpec& spec, const CompareOptions& options, const std::atomic<bool>* stop);

  // One run of the load. Nothing if `stop` ended it. Throws WrongEcho or std::runtime_error.
  std::optional<Trial> RunTrial(uint64_t seed, const std::atomic<bool>* stop);
  // The same to count events; the figures that it slows are not kept.
  std::optional<Events> CountEvents(uint64_t seed, const std::atomic<bool>* stop);

  bool started_here() const { return server_ != nullptr; }
  // Why events could not be counted; see ProcessMeter.
  const std::string& event_obstacle() const { return event_obstacle_; }

 private:
  std::optional<Report> Run(uint64_t seed, const std::atomic<bool>* stop, Observer* observer);
  [[noreturn]] void Fail(const std::string& what);

  const std::string name_;
  Options load_;
  std::unique_ptr<StartedServer> server_;
  std::string event_obstacle_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_COMPARE_CONTENDER_H_
