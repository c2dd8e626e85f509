// A server whose service computes before it echoes, to measure what more workers are worth:
//
//   computing-service ADDRESS WORKERS MICROSECONDS [LARGE_MICROSECONDS]
//
// Reads of more than 1000 bytes take LARGE_MICROSECONDS, if that is given.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "src/linux/clock.h"
#include "switchboard/server.h"

namespace {

class Compute : public switchboard::Service {
 public:
  Compute(int64_t short_ns, int64_t large_ns) : short_ns_(short_ns), large_ns_(large_ns) {}

  Traits traits() const override { return {.may_block = false}; }

  switchboard::Next OnRead(switchboard::Call& call) override {
    const int64_t takes_ns = call.data().size() > 1000 ? large_ns_ : short_ns_;
    const int64_t until_ns = switchboard::sys::NowNs() + takes_ns;
    while (switchboard::sys::NowNs() < until_ns) {
    }
    return switchboard::Next::kRead;
  }

 private:
  const int64_t short_ns_;
  const int64_t large_ns_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) {
    std::fprintf(stderr,
                 "usage: computing-service ADDRESS WORKERS MICROSECONDS [LARGE_MICROSECONDS]\n");
    return 2;
  }
  const int64_t short_ns = std::atoll(argv[3]) * 1000;
  const int64_t large_ns = argc == 5 ? std::atoll(argv[4]) * 1000 : short_ns;
  switchboard::Options options;
  options.listen = {{argv[1], "compute"}};
  options.workers = std::atoi(argv[2]);
  options.log_level = switchboard::LogLevel::kError;
  try {
    switchboard::Server server(options,
                               {{"compute", std::make_shared<Compute>(short_ns, large_ns)}});
    std::printf("server listening at %s\n", server.Addresses().front().c_str());
    std::fflush(stdout);
    server.Run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "computing-service: %s\n", error.what());
    return 1;
  }
}
