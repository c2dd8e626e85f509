// SIGTERM at random moments: while the processes start, while callers come, and while they talk.
// Everything that had arrived is answered, nobody is left over, and the books say so.
//
// STOPS says how many (16), STOPS_FIRST the seed of the first one (1).

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/processes/load.h"
#include "tests/support/build.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

using std::chrono::microseconds;

constexpr size_t kTalkers = 8;
constexpr int64_t kProcesses = 4;

uint64_t Setting(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// One life of a server under load, and the moment at which it is told to stop.
class Life {
 public:
  explicit Life(uint64_t seed) : random_(seed) {}

  void Begin() {
    switch (random_() % 3) {
      case 0:  // while it starts; callers come as soon as a port is open
        return ComeUntil(Clock::now() + Random(kSanitized ? 1'000'000 : 60'000));
      case 1:  // as it begins to serve
        ComeUntilItServes();
        return std::this_thread::sleep_for(Random(10'000));
      default:  // while all talk
        ComeUntilItServes();
        REQUIRE(WaitFor([&] { return load_->TalkingSince(nothing_, 1) == kTalkers; }));
        return std::this_thread::sleep_for(Random(30'000));
    }
  }

  void Stop() {
    serves_ = !server_.Addresses().empty();
    if (load_) {
      for (const Load::Talker& talker : load_->talkers()) {
        said_.push_back(talker.said_bytes);
        heard_.push_back(talker.heard_bytes);
      }
    }
    server_.Signal(SIGTERM);
    status_ = server_.WaitForExit();
    if (load_) load_->WaitUntilCut();
  }

  // A signal that comes before there is anything to end ends it as any program.
  void CheckEnd() const {
    INFO(server_.Err());
    if (serves_) {
      CHECK(status_ == 0);
    } else {
      CHECK((status_ == 0 || status_ == 128 + SIGTERM));
    }
    if (status_ != 0) CHECK(server_.Err().empty());
    errno = 0;
    CHECK(::kill(-server_.pid(), 0) == -1);
    CHECK(errno == ESRCH);
  }

  // Before the server has said that it listens, those count who are on the line.
  void CheckCallers() const {
    INFO(server_.Err());
    if (!load_) return;
    CHECK(load_->HeardWrong() == 0);
    for (size_t i = 0; i < kTalkers; ++i) {
      CAPTURE(i);
      if (serves_ ? said_[i] == 0 : heard_[i] == 0) continue;
      const Load::Talker& talker = load_->talkers()[i];
      CHECK(talker.end == End::kEof);
      CHECK(talker.heard_bytes >= said_[i]);
    }
  }

  bool serves() const { return serves_; }
  int64_t HeardBytes() const { return load_ ? load_->HeardBytes() : 0; }

  void CheckBooks() const {
    INFO(server_.Err());
    std::vector<Fields> all = server_.Logged("drained");
    const auto is_of_all = [](const Fields& line) { return line.Text("process").empty(); };
    CHECK(std::ranges::count_if(all, is_of_all) <= 1);
    if (serves_) {
      REQUIRE(all.size() == kProcesses + 1);
      CHECK(is_of_all(all.back()));
    }
    int64_t accepted = 0, sent = 0;
    for (const Fields& books : all) {
      CHECK(books["accepted"] == books["closed"]);
      CHECK(books["bytes_in"] == books["bytes_out"] + books["discarded"]);
      if (is_of_all(books)) continue;
      accepted += books["accepted"];
      sent += books["bytes_out"];
    }
    if (!all.empty() && is_of_all(all.back())) {
      CHECK(all.back()["accepted"] == accepted);
      CHECK(all.back()["bytes_out"] == sent);
    }
    if (!load_) return;
    CHECK(accepted <= static_cast<int64_t>(kTalkers));
    CHECK(accepted >= std::ranges::count_if(load_->talkers(), [](const Load::Talker& talker) {
            return talker.end == End::kEof;
          }));
    CHECK(sent == HeardBytes());
  }

 private:
  microseconds Random(int64_t less_than_us) {
    return microseconds(static_cast<int64_t>(random_()) % less_than_us);
  }

  // Waits until `moment`, or until it serves if that is before. Callers come as soon as a port is
  // open.
  void ComeUntil(Clock::time_point moment) {
    while (Clock::now() < moment) {
      if (load_) {
        if (!server_.Addresses().empty()) return;
      } else if (const int port = ListeningPort(server_.pid()); port != 0) {
        load_ = std::make_unique<Load>("127.0.0.1:" + std::to_string(port), kTalkers);
      }
    }
  }

  void ComeUntilItServes() {
    ComeUntil(Clock::now() + kPatience);
    INFO(server_.Err());
    REQUIRE(load_);
    REQUIRE_FALSE(server_.Addresses().empty());
  }

  const std::vector<int64_t> nothing_ = std::vector<int64_t>(kTalkers);
  std::minstd_rand random_;
  // In a group of its own, which is gone with the last process.
  ServerProcess server_ =
      ServerProcess::WithoutWaiting({"--listen", "127.0.0.1:0", "--greeting", "", "--processes",
                                     std::to_string(kProcesses), "--drain-timeout", "60"},
                                    {.program = "", .wrapper = {"setsid"}});
  std::unique_ptr<Load> load_;
  bool serves_ = false;
  std::vector<int64_t> said_, heard_;  // when it was told
  std::optional<int> status_;
};

TEST_CASE("SeveralProcessesStopAtAnyMomentUnderLoad") {
  const uint64_t first = Setting("STOPS_FIRST", 1), stops = Setting("STOPS", 16);
  int64_t early = 0, heard_bytes = 0;
  for (uint64_t seed = first; seed < first + stops; ++seed) {
    CAPTURE(seed);
    Life life(seed);
    life.Begin();
    life.Stop();
    life.CheckEnd();
    life.CheckCallers();
    life.CheckBooks();
    early += life.serves() ? 0 : 1;
    heard_bytes += life.HeardBytes();
  }
  MESSAGE(stops << " stops, " << early << " of them before it served; " << heard_bytes
                << " bytes echoed");
}

}  // namespace
}  // namespace switchboard::test
