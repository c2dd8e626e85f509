#include "bench/micro/quiet.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "bench/linux/machine.h"
#include "src/linux/process.h"

namespace switchboard::bench {
namespace {

constexpr auto kLook = std::chrono::milliseconds(300);
constexpr double kBusyLimit = 0.10;
constexpr double kStolenLimit = 0.01;
constexpr double kLoadLimit = 0.5;  // processes that want to run, for each CPU

void Warn(const std::string& sentence) {
  std::fprintf(stderr, "***WARNING*** %s\n", sentence.c_str());
}

std::string Percent(double share) {
  char text[16];
  std::snprintf(text, sizeof(text), "%.1f %%", 100 * share);
  return text;
}

}  // namespace

void WarnUnlessQuiet() {
#ifndef NDEBUG
  Warn("this is a debug build, its figures mean nothing; build with -Dbuildtype=release");
  benchmark::AddCustomContext("switchboard_build_type", "debug");
#else
  benchmark::AddCustomContext("switchboard_build_type", "release");
#endif
  const sys::CpuTicks before = sys::CpuTicksSinceBoot();
  std::this_thread::sleep_for(kLook);
  const sys::CpuTicks after = sys::CpuTicksSinceBoot();
  const auto all = static_cast<double>(after.all - before.all);
  if (all <= 0) return;
  const double busy = 1 - static_cast<double>(after.idle - before.idle) / all;
  const double stolen = static_cast<double>(after.stolen - before.stolen) / all;
  const double load = sys::LoadAverage() / sys::AvailableCpus();
  benchmark::AddCustomContext("cpus_busy_before", Percent(busy));
  benchmark::AddCustomContext("cpus_stolen_before", Percent(stolen));
  if (busy > kBusyLimit) {
    Warn("others keep the CPUs " + Percent(busy) +
         " busy; end them, or compare medians of interleaved repetitions only "
         "(--benchmark_repetitions=9 --benchmark_enable_random_interleaving=true)");
  } else if (load > kLoadLimit) {
    Warn("the machine has just been busy (load average); wait a minute for better figures");
  }
  if (stolen > kStolenLimit) {
    Warn("the hypervisor gave " + Percent(stolen) +
         " of the CPUs' time to others; expect figures that vary");
  }
}

}  // namespace switchboard::bench
