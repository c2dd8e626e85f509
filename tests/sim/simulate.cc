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

// Whether all was understood; if not, says what was not.
bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--trace") {
      arguments.trace = true;
      continue;
    }
    if (name != "--first" && name != "--seeds") {
      std::fprintf(stderr, "simulate: '%s' is not known; give --seeds N, --first SEED or --trace\n",
                   argv[i]);
      return false;
    }
    const char* const value = i + 1 < argc ? argv[++i] : "";
    if (!ParseNumber(value, name == "--first" ? arguments.first : arguments.seeds)) {
      std::fprintf(stderr, "simulate: %.*s cannot be '%s'; give a whole number\n",
                   static_cast<int>(name.size()), name.data(), value);
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace switchboard::sim;
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) return 2;
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
