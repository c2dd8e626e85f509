// The program behind scripts/simulate: runs the server under seeds of the simulation.

#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "tests/sim/world/seeds.h"

namespace {

struct Arguments {
  uint64_t first = 1;
  uint64_t seeds = 1000;
  bool trace = false;
};

bool ParseNumber(std::string_view text, uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--trace") {
      arguments.trace = true;
      continue;
    }
    if ((name != "--first" && name != "--seeds") || i + 1 == argc) return false;
    if (!ParseNumber(argv[++i], name == "--first" ? arguments.first : arguments.seeds)) {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace switchboard::sim;
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) {
    std::fputs("simulate: give --seeds N, --first SEED, --trace, or nothing\n", stderr);
    return 2;
  }
  for (uint64_t i = 0; i < arguments.seeds; ++i) {
    TrialPlan plan = PlanOf(arguments.first + i);
    plan.print_trace = arguments.trace;
    const TrialReport report = Run(plan);
    if (report.failure.empty()) continue;
    std::fflush(stdout);
    std::fprintf(stderr, "%s: %s\n", plan.name.c_str(), report.failure.c_str());
    return 1;
  }
  std::printf("%" PRIu64 " seeds from %" PRIu64 " on, and nothing wrong\n", arguments.seeds,
              arguments.first);
}
