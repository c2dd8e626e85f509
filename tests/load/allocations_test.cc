// What a message costs the heap: nothing, in the server and in the load generator.

#include "bench/micro/allocations.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "bench/load/run/load.h"
#include "switchboard/server.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

class Meter : public Observer {
 public:
  void OnMeasuringBegins() override { begin_ = bench::AllocationsSoFar(); }
  void OnMeasuringEnds() override { made_ = bench::AllocationsSoFar() - begin_; }
  int64_t made() const { return made_; }

 private:
  int64_t begin_ = 0;
  int64_t made_ = -1;
};

TEST_CASE("AMessageAllocatesNothing") {
  switchboard::Options server_options;
  server_options.listen = {{"127.0.0.1:0"}};
  server_options.greeting = "";
  server_options.log_level = LogLevel::kError;
  Server server(server_options);
  std::thread reactor([&server] { server.Run(); });

  constexpr int kConnections = 16;
  Options options = ShortRun(server.Addresses().front());
  options.connections = kConnections;
  options.warmup_s = 0.1;
  options.duration_s = 0;
  options.messages = 20'000;
  Meter meter;
  const Report report = RunLoad(options, nullptr, &meter);
  server.Stop();
  reactor.join();

  REQUIRE(report.latency.count() == 20'000);
  // A buffer for a connection that has not been active beside all the others before, and the
  // timeline's seconds on a machine that needs many.
  CHECK(meter.made() >= 0);
  CHECK(meter.made() <= kConnections + 60);
}

}  // namespace
}  // namespace switchboard::load
