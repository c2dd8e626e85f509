// Servers that echo wrong: each is caught, and what it did is called by its name.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

#include "bench/load/measure/verdict.h"
#include "bench/load/run/load.h"
#include "bench/load/show/json.h"
#include "bench/load/show/text.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

constexpr size_t kSize = 64;

// Ends after 1000 messages; `seconds` is for servers that leave some unanswered.
Report RunAgainst(Answer answer, int connections, int depth, double seconds = 60) {
  TestServer server(std::move(answer));
  Options options = CountedRun(server.target(), 1000);
  options.connections = connections;
  options.depth = depth;
  options.duration_s = seconds;
  const Report report = RunLoad(options);
  CHECK(report.verification.Passed() == (report.verdict != kVerificationFailed));
  return report;
}

TEST_CASE("AnHonestServerPasses") {
  const Report report = RunAgainst(Echo, 4, 3);
  CHECK(report.verification.Passed());
  CHECK(report.verification.damage.Total() == 0);
  CHECK(report.messages > 0);
  CHECK(report.verification.verified_bytes >= report.bytes);
  CHECK(report.errors.empty());
}

TEST_CASE("AJunkServerIsCaught") {
  const Report report = RunAgainst(
      [](TestCaller& caller, std::string_view data) { caller.Send(std::string(data.size(), 'x')); },
      4, 1);
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.verification.bad_connections == 4);
  // One byte in 256 is right by chance.
  CHECK(report.verification.damage.corrupted > 4 * (kSize - 10));
  CHECK(report.verification.damage.corrupted <= 4 * kSize);
  CHECK(report.verification.damage.foreign == 0);
  CHECK(report.verification.damage.duplicated == 0);
}

TEST_CASE("AFlippedBitIsCaught") {
  int messages = 0;
  const Report report = RunAgainst(
      [&](TestCaller& caller, std::string_view data) {
        std::string reply(data);
        if (++messages == 20) reply[5] ^= 1;
        caller.Send(reply);
      },
      1, 1);
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.verification.damage.corrupted == 1);
  CHECK(report.verification.damage.Total() == 1);
}

TEST_CASE("AServerThatDropsTheLastByteIsCaught") {
  const Report report =
      RunAgainst([](TestCaller& caller,
                    std::string_view data) { caller.Send(data.substr(0, data.size() - 1)); },
                 3, 1, 1);
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.verification.bad_connections == 3);
  CHECK(report.verification.damage.lost == 3);
  CHECK(report.verification.damage.Total() == 3);
}

TEST_CASE("AServerThatDropsAByteInTheMiddleIsCaught") {
  size_t seen = 0;
  const Report report = RunAgainst(
      [&](TestCaller& caller, std::string_view data) {
        std::string reply(data);
        const size_t dropped = 10 * kSize + 9;
        if (seen <= dropped && dropped < seen + data.size()) reply.erase(dropped - seen, 1);
        seen += data.size();
        caller.Send(reply);
      },
      1, 4);
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.verification.damage.lost == 1);
  CHECK(report.verification.damage.Total() == 1);
}

// It may have been killed; that its bytes are lost is proved only where it ends in order.
TEST_CASE("AServerThatHangsUpBeforeTheLastByteHasNotAnswered") {
  const Report report = RunAgainst(
      [](TestCaller& caller, std::string_view data) {
        caller.Send(data.substr(0, data.size() - 1));
        caller.HangUp();
      },
      1, 1, 1);
  CHECK(report.verification.Passed());
  CHECK(report.messages == 0);
  CHECK(report.generator.unanswered > 0);
  CHECK(report.errors.at({Phase::kReceive, "CLOSED"}) > 0);
  CHECK(Mentions(report, "were never answered"));
}

TEST_CASE("AServerThatSwapsTwoMessagesIsCaught") {
  constexpr size_t kSwapped = 10 * kSize;  // where the first of the two begins
  std::string all, reply;
  size_t sent = 0;
  const Report report = RunAgainst(
      [&](TestCaller& caller, std::string_view data) {
        all += data;
        size_t end = all.size();
        if (end > kSwapped && end < kSwapped + 2 * kSize) end = kSwapped;  // waits for the second
        if (reply.size() <= kSwapped && end > kSwapped) {
          reply = all.substr(0, kSwapped) + all.substr(kSwapped + kSize, kSize) +
                  all.substr(kSwapped, kSize);
        }
        reply += all.substr(std::min(reply.size(), end), end - std::min(reply.size(), end));
        caller.Send(reply.substr(sent));
        sent = reply.size();
      },
      1, 8);
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.verification.damage.reordered == kSize);
  CHECK(report.verification.damage.Total() == kSize);
}

TEST_CASE("AServerThatAnswersAnotherConnectionsBytesIsCaught") {
  std::map<int, std::string> last;
  const Report report = RunAgainst(
      [&](TestCaller& caller, std::string_view data) {
        last[caller.number] = data;
        const bool crossed = last.size() >= 3 && caller.number == last.begin()->first;
        caller.Send(crossed ? last.rbegin()->second : data);
      },
      3, 1);
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.verification.bad_connections == 1);
  CHECK(report.verification.damage.foreign == kSize);
  CHECK(report.verification.damage.corrupted == 0);
  CHECK(report.verification.damage.duplicated == 0);
}

TEST_CASE("AServerThatAnswersTwiceIsCaught") {
  const Report report = RunAgainst(
      [](TestCaller& caller, std::string_view data) {
        caller.Send(data);
        caller.Send(data);
      },
      1, 1);
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.verification.damage.duplicated >= kSize);
  CHECK(report.verification.damage.corrupted == 0);
  CHECK(report.verification.damage.lost == 0);
}

TEST_CASE("AServerThatSpeaksBeyondTheEchoIsCaught") {
  const Report report = RunAgainst(
      [](TestCaller& caller, std::string_view data) { caller.Send(std::string(data) + "ok"); }, 1,
      1);
  CHECK(report.verdict == kVerificationFailed);
  CHECK(report.verification.damage.inserted >= 2);
}

TEST_CASE("LargeMessagesAreVerifiedToo") {
  size_t seen = 0;
  TestServer server([&](TestCaller& caller, std::string_view data) {
    std::string reply(data);
    const size_t wrong = 1'500'000;
    if (seen <= wrong && wrong < seen + data.size()) reply[wrong - seen] ^= 0x80;
    seen += data.size();
    caller.Send(reply);
  });
  Options options = ShortRun(server.target());
  options.min_size_bytes = options.max_size_bytes = 1 << 20;
  const Report report = RunLoad(options);
  CHECK(report.verification.verified_bytes == 1'500'000);
  CHECK(report.verification.damage.corrupted == 1);
}

TEST_CASE("TheFirstWrongBytesAreShownBesideWhatWasExpected") {
  TestServer server([](TestCaller& caller, std::string_view data) {
    std::string wrong(data);
    if (caller.held.empty()) wrong[10] ^= 0x01;
    caller.held = "answered";
    caller.Send(wrong);
  });
  const Report report = RunLoad(ShortRun(server.target()));
  const std::string& first = report.verification.first_wrong;
  CAPTURE(first);
  REQUIRE(first.starts_with("at byte 10 of connection 0: "));
  // The first byte differs in one bit, the seven behind it in none.
  const size_t seen_at = std::string("at byte 10 of connection 0: ").size();
  const size_t expected_at = first.find(" where ") + std::string(" where ").size();
  CHECK(first.substr(seen_at, 2) != first.substr(expected_at, 2));
  CHECK(first.substr(seen_at + 3, 20) == first.substr(expected_at + 3, 20));
  CHECK(first.ends_with(" was expected"));
  CHECK(ToText(report).find("first bad  " + first) != std::string::npos);
  CHECK(FromJson(ToJson(report)).verification.first_wrong == first);
}

}  // namespace
}  // namespace switchboard::load
