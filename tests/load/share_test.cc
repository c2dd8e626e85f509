// A load that several machines make together: the parts of it, and what is said about their start.

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/base/split.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/values.h"
#include "bench/load/run/load.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

Options Parse(std::initializer_list<std::string> arguments) {
  const auto parse = [](int argc, char** argv) { return ParseCommandLine(kRun, argc, argv); };
  const CommandLine line = ParseWith(parse, "switchboard-load", arguments);
  return CompleteLoad(line, "127.0.0.1:8000");
}
std::string Refusal(std::initializer_list<std::string> arguments) {
  return RefusalBy(Parse, arguments);
}
std::string Share(int share, int shares) {
  return std::to_string(share) + "/" + std::to_string(shares);
}

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("PartsAddUpToExactlyTheWholeInAnyOrder") {
  for (const double whole : {0.0, 0.001, 0.1, 1.0, 10.0, 333.3, 10'000.0, 1e9 / 3, 1e9}) {
    for (const int parts : {1, 2, 3, 7, 10, 999, 10'000}) {
      double up = 0, down = 0;
      for (int i = 0; i < parts; ++i) {
        up += PartOf(whole, parts, i);
        down += PartOf(whole, parts, parts - 1 - i);
        CHECK(PartOf(whole, parts, i) == doctest::Approx(whole / parts).epsilon(1e-9));
      }
      CAPTURE(whole);
      CAPTURE(parts);
      CHECK(up == whole);
      CHECK(down == whole);
    }
  }
}

TEST_CASE("SharesAddUpToTheLoad") {
  for (const int shares : {1, 2, 3, 7, 11}) {
    int connections = 0;
    uint64_t messages = 0;
    double rate = 0, connect_rate = 0;
    for (int share = 1; share <= shares; ++share) {
      const Options part = Parse({"-c", "11", "-n", "1000", "-r", "10k", "--connect-rate", "33.3",
                                  "--share", Share(share, shares)});
      connections += part.connections;
      messages += part.messages;
      rate += part.rate;
      connect_rate += part.connect_rate;
      CHECK(part.share == share);
      CHECK(part.shares == shares);
    }
    CHECK(connections == 11);
    CHECK(messages == 1000);
    CHECK(rate == 10'000);
    CHECK(connect_rate == 33.3);
  }
}

TEST_CASE("CallsAreSharedAndHowManyAtOnceOnlyIfThatWasSaid") {
  const Options whole = Parse({"--calls-per-second", "100"});
  const Options part = Parse({"--calls-per-second", "100", "--share", "1/4"});
  CHECK(part.calls_per_second == 25);
  CHECK(part.connections == whole.connections);
  CHECK(Parse({"--calls-per-second", "100", "-c", "8", "--share", "1/4"}).connections == 2);
}

TEST_CASE("ARampTakesAsLongForAShareAsForTheWhole") {
  const Options part = Parse({"-c", "30", "--ramp", "3", "--share", "2/3"});
  CHECK(part.connections == 10);
  CHECK(part.connect_rate == doctest::Approx(10.0 / 3));
}

TEST_CASE("AShareThatIsNoneOrNothingIsRefused") {
  for (const char* wrong : {"0/3", "4/3", "3", "/", "1/", "/3", "1/0", "-1/3", "a/b", "1.5/3",
                            "1/20000", "1/3/5", ""}) {
    CAPTURE(wrong);
    CHECK(Has(Refusal({"--share", wrong}), "--share cannot be '" + std::string(wrong) + "'"));
  }
  CHECK(Has(Refusal({"-c", "2", "--share", "3/3"}), "--share 3/3 of --connections 2 is none"));
  CHECK(Has(Refusal({"-c", "9", "-n", "2", "--share", "3/3"}), "of --messages 2 is none"));
  CHECK(Has(Refusal({"-c", "8", "-t", "4", "--share", "1/3"}), "this share has 3"));
  CHECK(Has(Refusal({"--slo", "p99=1ms", "--share", "1/3"}), "--share cannot go with --slo"));
}

TEST_CASE("AMomentIsATimeOfDayOrATimeFromNow") {
  CHECK(TakeMoment("1893553445", 0) == 1893553445.0);
  CHECK(TakeMoment("1893553445.25", 0) == 1893553445.25);
  CHECK(TakeMoment("2030-01-02T03:04:05Z", 0) == 1893553445.0);
  CHECK(TakeMoment("2030-01-02T03:04:05.25Z", 0) == 1893553445.25);
  CHECK(TakeMoment("+5s", 100) == 105.0);
  CHECK(TakeMoment("+5", 100) == 105.0);
  CHECK(TakeMoment("+500ms", 100) == 100.5);
  for (const char* wrong : {"",
                            "soon",
                            "5s",
                            "-5",
                            "+",
                            "+-5s",
                            "+5x",
                            "2030-01-02",
                            "2030-01-02T03:04:05",
                            "2030-1-2T03:04:05Z",
                            "2030-02-30T00:00:00Z",
                            "2030-13-01T00:00:00Z",
                            "2030-01-02T25:00:00Z",
                            "2030-01-02T03:04:60Z",
                            "2030-01-02T03:04:05.Z",
                            "2030-01-02T03:04:05.5",
                            "2030-01-02T03:04:05,5Z",
                            "2030-01-02T03:04:05+01:00",
                            "1e9",
                            "1893553445Z"}) {
    CAPTURE(wrong);
    CHECK_FALSE(TakeMoment(wrong, 0).has_value());
  }
}

TEST_CASE("AStartThatCannotBeIsRefused") {
  CHECK(Has(Refusal({"--start-at", "soon"}), "--start-at cannot be 'soon'; give seconds since"));
  CHECK(Has(Refusal({"--start-at", "2020-01-02T03:04:05Z"}), " s ago by the clock here"));
  CHECK(Has(Refusal({"--start-at", "1"}), " s ago by the clock here"));
  CHECK(Has(Refusal({"--start-at", "+25h"}), "give a time within a day"));
  CHECK(Has(Refusal({"--start-at", "1893553445000"}), "give a time within a day"));
  CHECK(Has(Refusal({"--start-at", "+5s", "--start-on-stdin"}), "both say when to begin"));
  CHECK(Has(Refusal({"--start-at", "+5s", "--slo", "p99=1ms"}), "cannot go with --slo"));
  CHECK(Has(Refusal({"--start-on-stdin", "--slo", "p99=1ms"}), "cannot go with --slo"));
  for (const char* wrong : {"-1", "x", "", "1000000", "99999999999", "3.5"}) {
    CAPTURE(wrong);
    CHECK(Has(Refusal({"--ready-fd", wrong}), "--ready-fd cannot be '" + std::string(wrong) + "'"));
  }
  CHECK(Parse({"--start-at", "+5s"}).start.at_s.has_value());
  CHECK(Parse({"--start-on-stdin", "--ready-fd", "1"}).start.on_stdin);
}

// The first bytes that each caller says of loads that run one after another.
class Listener {
 public:
  std::vector<std::string> Hear(std::initializer_list<std::pair<int, int>> shares) {
    for (const auto& [share, of] : shares) {
      Options options = ShortRun(server_.target());
      options.seed = 7;
      options.duration_s = 0.1;
      options.connections = 6 / of;
      options.share = share;
      options.shares = of;
      (void)RunLoad(options);
    }
    const std::lock_guard lock(mutex_);
    return std::exchange(heard_, {});
  }

 private:
  void Answer(TestCaller& caller, std::string_view data) {
    if (caller.held.empty()) {
      caller.held = data.substr(0, 16);
      const std::lock_guard lock(mutex_);
      heard_.push_back(caller.held);
    }
    Echo(caller, data);
  }

  std::mutex mutex_;
  std::vector<std::string> heard_;
  TestServer server_{[this](TestCaller& caller, std::string_view data) { Answer(caller, data); }};
};

TEST_CASE("SharesSayTogetherWhatTheWholeLoadSays") {
  Listener listener;
  const std::vector<std::string> whole = listener.Hear({{1, 1}});
  const std::vector<std::string> parts = listener.Hear({{1, 3}, {2, 3}, {3, 3}});
  CHECK(whole.size() == 6);
  CHECK(parts.size() == 6);
  CHECK(std::set(whole.begin(), whole.end()).size() == 6);
  CHECK(std::set(parts.begin(), parts.end()) == std::set(whole.begin(), whole.end()));
}

}  // namespace
}  // namespace switchboard::load
