// switchboard-bench: Google Benchmark's command line, and a few options of our own that are taken
// out of it first.

#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/micro/quiet.h"
#include "bench/micro/settings.h"
#include "src/linux/address.h"
#include "src/linux/process.h"

namespace switchboard::bench {
namespace {

constexpr int kExitUsage = 2;
constexpr double kLongestRunSeconds = 3600;

constexpr std::string_view kTarget = "--target=";
constexpr std::string_view kDuration = "--duration=";

constexpr const char* kHelp = R"(usage: switchboard-bench [OPTION]...

  --target=HOST:PORT   benchmark round trips and streams against this server, instead of
                       one in this process; system calls and allocations are not known then
  --duration=SECONDS   of each run against a server (0.5)

and those of Google Benchmark, for instance --benchmark_filter=RoundTrip,
--benchmark_repetitions=9, --benchmark_enable_random_interleaving=true,
--benchmark_out=FILE --benchmark_out_format=json, --benchmark_list_tests.
)";

Settings settings;

void CheckTarget(const std::string& target) {
  const sys::Endpoint endpoint = sys::ParseEndpoint(target);
  if (endpoint.unix_path.empty() && endpoint.port == 0) {
    throw std::invalid_argument("--target cannot be '" + target +
                                "'; it needs a port from 1 to 65535, as in 127.0.0.1:8000");
  }
}

double Seconds(std::string_view value) {
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(value.begin(), value.end(), seconds, std::chars_format::fixed);
  const bool in_range = seconds > 0 && seconds <= kLongestRunSeconds;
  if (error != std::errc() || end != value.end() || !in_range) {
    throw std::invalid_argument("--duration cannot be '" + std::string(value) +
                                "'; give a number above 0 and up to 3600");
  }
  return seconds;
}

// Takes what is ours out of `argv`.
void TakeOwnOptions(std::vector<char*>& argv) {
  std::erase_if(argv, [](const std::string_view argument) {
    if (argument.starts_with(kTarget)) {
      settings.target = argument.substr(kTarget.size());
      CheckTarget(settings.target);
      return true;
    }
    if (argument.starts_with(kDuration)) {
      settings.duration_s = Seconds(argument.substr(kDuration.size()));
      return true;
    }
    return false;
  });
}

bool IsListing(const std::vector<char*>& argv) {
  for (const std::string_view argument : argv) {
    if (argument.starts_with("--benchmark_list_tests")) return true;
  }
  return false;
}

int Main(int argc, char** given) {
  std::vector<char*> argv(given, given + argc);
  for (const std::string_view argument : argv) {
    if (argument == "--help" || argument == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
  }
  TakeOwnOptions(argv);
  const bool listing = IsListing(argv);
  int count = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  benchmark::Initialize(&count, argv.data());
  if (benchmark::ReportUnrecognizedArguments(count, argv.data())) return kExitUsage;
  sys::RaiseDescriptorLimit();
  if (!listing) WarnUnlessQuiet();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace

const Settings& GetSettings() { return settings; }

}  // namespace switchboard::bench

int main(int argc, char** argv) {
  try {
    return switchboard::bench::Main(argc, argv);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "switchboard-bench: %s\n", error.what());
    return switchboard::bench::kExitUsage;
  }
}
