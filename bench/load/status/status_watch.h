// What a server does during the measured part of a run, by its status port. It is asked by threads
// of its own, so that the load does not wait for the answers.
//
// The run calls its Observer part; everything else is one thread's, before and after the run.

#ifndef SWITCHBOARD_BENCH_LOAD_STATUS_STATUS_WATCH_H_
#define SWITCHBOARD_BENCH_LOAD_STATUS_STATUS_WATCH_H_

#include <future>
#include <optional>
#include <string>

#include "bench/load/measure/anatomy.h"
#include "bench/load/status/server_status.h"
#include "bench/load/target/observer.h"

namespace switchboard::load {

class StatusWatch : public Observer {
 public:
  // `address` as for ServerStatus, which is asked once to see that it answers. Throws as that does.
  explicit StatusWatch(const std::string& address);

  void OnMeasuringBegins() override { before_ = Ask(); }
  void OnMeasuringEnds() override { after_ = Ask(); }

  // What came between the two, once; nothing if the run was not measured. Throws
  // std::runtime_error with one sentence if the server did not answer.
  std::optional<ServerFigures> Meanwhile();

 private:
  std::future<ServerFigures> Ask() const;

  const ServerStatus status_;
  std::future<ServerFigures> before_, after_;
};

// Nothing if the server has read nothing.
std::optional<Anatomy> AnatomyOf(const ServerFigures& meanwhile, double round_trip_ns);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STATUS_STATUS_WATCH_H_
