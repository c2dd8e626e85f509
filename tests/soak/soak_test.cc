// Everything at once, for as long as one likes: callers of every kind, storms of signals, and now
// and then no descriptor left. Not a byte is wrong, and in the end nothing is left behind.
//
// SOAK_SECONDS says how long (20); SOAK_FOLDER is where the samples and the counts are written.

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <string>
#include <thread>
#include <vector>

#include "tests/soak/callers.h"
#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

constexpr milliseconds kBetweenSamples(250);
constexpr int64_t kMaxDescriptors = 1000;
constexpr int kStormEvery = 20;    // samples
constexpr int kFamineEvery = 30;   // samples
constexpr int kFamineSamples = 2;  // how long it lasts
constexpr double kMaxGrowthKib = 8 << 10;

struct Sample {
  double seconds;
  int64_t resident_kib;
  int64_t descriptors;
};

int SecondsToRun() {
  const char* const text = std::getenv("SOAK_SECONDS");
  return text == nullptr ? 20 : std::atoi(text);
}

// By least squares, over the second half: by then everything has been used that is kept for good.
double KibPerSecond(const std::vector<Sample>& samples) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (size_t i = samples.size() / 2; i < samples.size(); ++i) {
    const double seconds = samples[i].seconds;
    const auto kib = static_cast<double>(samples[i].resident_kib);
    n += 1, x += seconds, y += kib, xx += seconds * seconds, xy += seconds * kib;
  }
  const double spread = n * xx - x * x;
  return spread > 0 ? (n * xy - x * y) / spread : 0;
}

// From the descriptors that are left to it the server takes none for a while.
void StartFamine(const ServerProcess& server) {
  LimitDescriptors(server.pid(), NextDescriptor(server.pid()), kMaxDescriptors);
}
void EndFamine(const ServerProcess& server) {
  LimitDescriptors(server.pid(), kMaxDescriptors, kMaxDescriptors);
}

// Samples the server until `end`, and makes its life hard.
std::vector<Sample> Watch(ServerProcess& server, const Deadline& end) {
  std::vector<Sample> samples;
  const auto begin = Clock::now();
  for (int i = 1; !end.Passed(); ++i) {
    std::this_thread::sleep_for(kBetweenSamples);
    if (i % kStormEvery == 0) {
      for (int times = 0; times < 20; ++times) {
        for (const int signal : {SIGUSR1, SIGHUP, SIGPIPE}) server.Signal(signal);
      }
    }
    if (i % kFamineEvery == 0) StartFamine(server);
    if (i % kFamineEvery == kFamineSamples) EndFamine(server);
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    samples.push_back({seconds, ResidentKib(server.pid()), DescriptorCount(server.pid())});
  }
  EndFamine(server);
  return samples;
}

// What scripts/soak makes its report of.
void Write(const std::vector<Sample>& samples, const std::vector<int64_t>& calls,
           double kib_per_second, const Fields& books) {
  const char* const folder = std::getenv("SOAK_FOLDER");
  if (folder == nullptr) return;
  std::ofstream table(std::string(folder) + "/samples.tsv");
  for (const Sample& sample : samples) {
    table << sample.seconds << '\t' << sample.resident_kib << '\t' << sample.descriptors << '\n';
  }
  std::ofstream report(std::string(folder) + "/report.txt");
  report << std::left << std::fixed << std::setprecision(0);
  const auto line = [&](const std::string& name) -> std::ofstream& {
    report << std::setw(15) << name;
    return report;
  };
  line("seconds") << samples.back().seconds << '\n';
  for (size_t i = 0; i < calls.size(); ++i) line(CallerKinds()[i].name) << calls[i] << " calls\n";
  for (const char* key : {"accepted", "bytes_in", "bytes_out", "lost", "closed_reset", "no_memory",
                          "accept_paused", "log_dropped"}) {
    line(key) << books[key] << '\n';
  }
  line("memory") << samples.back().resident_kib << " KiB, growing by " << kib_per_second * 3600
                 << " KiB an hour\n";
}

TEST_CASE("NothingIsWrongOrLeftBehindAfterASoak") {
  ServerProcess server({"--greeting", "", "--workers", "2", "--read-buffer", "65536"});
  {
    Client first(server.Address());
    REQUIRE(first.Echo("first") == "first");
  }
  REQUIRE(server.Reaches("closed_peer", 1));
  EndFamine(server);
  const int64_t descriptors = DescriptorCount(server.pid());

  std::vector<Sample> samples;
  std::vector<int64_t> calls;
  {
    Callers callers(server.Address());
    samples = Watch(server, Deadline(seconds(SecondsToRun())));
    calls = callers.Calls();
    CHECK(callers.Complaints() == std::vector<std::string>{});
  }
  for (size_t i = 0; i < calls.size(); ++i) {
    CAPTURE(CallerKinds()[i].name);
    CHECK(calls[i] > 0);
  }
  CHECK(WaitFor([&] { return server.Stats()["active"] == 0; }));
  CHECK(WaitFor([&] { return DescriptorCount(server.pid()) == descriptors; }));
  CHECK(server.Stats()["accept_paused"] > 0);
  const double kib_per_second = KibPerSecond(samples);
  const double growth_kib = kib_per_second * samples.back().seconds / 2;
  if (!kSanitized) CHECK(growth_kib < kMaxGrowthKib);
  Write(samples, calls, kib_per_second, server.Drain());
}

}  // namespace
}  // namespace switchboard::test
