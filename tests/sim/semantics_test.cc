// The simulated kernel does what the real one does.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"

namespace {

std::vector<std::string> LinesOf(const char* program) {
  const std::unique_ptr<FILE, int (*)(FILE*)> output(popen(program, "r"), pclose);
  REQUIRE(output != nullptr);
  std::vector<std::string> lines;
  char line[256];
  while (std::fgets(line, sizeof(line), output.get()) != nullptr) lines.emplace_back(line);
  return lines;
}

}  // namespace

TEST_CASE("SimulatedKernelDoesWhatTheRealOneDoes") {
  const std::vector<std::string> real = LinesOf(SCRIPT_REAL);
  const std::vector<std::string> simulated = LinesOf(SCRIPT_SIM);
  CHECK(real.size() > 100);
  REQUIRE(simulated.size() == real.size());
  std::string scene;
  for (size_t i = 0; i < real.size(); ++i) {
    if (!real[i].starts_with(' ')) scene = real[i];
    INFO("scene: " << scene);
    CHECK(simulated[i] == real[i]);
  }
}
