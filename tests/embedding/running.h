// A server inside the test's own process.

#ifndef SWITCHBOARD_TESTS_EMBEDDING_RUNNING_H_
#define SWITCHBOARD_TESTS_EMBEDDING_RUNNING_H_

#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "switchboard/server.h"

namespace switchboard::test {

// Options without a greeting, of a server that says nothing unless something is wrong.
inline Options Quiet(std::vector<Listen> listen) {
  Options options;
  options.listen = std::move(listen);
  options.greeting = "";
  options.log_level = LogLevel::kError;
  return options;
}

// A server that runs on a thread of its own for as long as this object lives.
class Running {
 public:
  explicit Running(const Options& options, const Services& services = {})
      : server(options, services), reactor_([this] { server.Run(); }) {}
  ~Running() { Stop(); }
  void Stop() {
    server.Stop();
    if (reactor_.joinable()) reactor_.join();
  }
  std::string Address(size_t index = 0) const { return server.Addresses().at(index); }

  Server server;

 private:
  std::thread reactor_;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_EMBEDDING_RUNNING_H_
