// Options, callers, faults and moments on the simulated kernel, each chosen by a byte of the input:
// what must hold after every seed of the simulation must hold after every input.

#include <span>
#include <string>

#include "tests/fuzz/fuzz.h"
#include "tests/sim/world/seeds.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace switchboard;
  const sim::TrialReport report = sim::Run(sim::PlanOf(std::span(data, size)));
  test::Require(report.failure.empty(), report.failure);
  return 0;
}
