#include "bench/load/run/progress.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "bench/linux/machine.h"
#include "bench/load/base/units.h"
#include "src/linux/clock.h"

namespace switchboard::load {
namespace {

constexpr int kStandardError = 2;
constexpr int64_t kSecondNs = 1'000'000'000;

std::string TimeLeft(const Options& options, const Pilot& pilot, int64_t now_ns,
                     uint64_t messages) {
  if (now_ns < pilot.start_ns()) return "warming up";
  if (options.duration_s == 0) {
    return std::to_string(options.messages - std::min(options.messages, messages)) +
           " messages left";
  }
  const auto elapsed_s = static_cast<double>(now_ns - pilot.start_ns()) / 1e9;
  const double left_s = options.duration_s - elapsed_s;
  if (left_s <= 0 || now_ns >= pilot.end_ns()) return "waiting for replies";
  const std::string left = std::to_string(static_cast<int64_t>(left_s + 0.5)) + " s left";
  if (options.until.empty()) return left;
  return (pilot.state().empty() ? "" : pilot.state() + ", ") + "at most " + left;
}

}  // namespace

ProgressLine::ProgressLine(const Options& options, const Pilot& pilot)
    : options_(options),
      pilot_(pilot),
      shown_(!options.quiet && sys::IsTerminal(kStandardError)),
      last_shown_ns_(sys::NowNs()) {}

ProgressLine::~ProgressLine() {
  if (written_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::Show(const std::vector<std::unique_ptr<EventLoop>>& loops) {
  const int64_t now_ns = sys::NowNs();
  if (!shown_ || now_ns - last_shown_ns_ < kSecondNs) return;
  uint64_t messages = 0, errors = 0;
  int64_t p99_ns = 0;
  for (const auto& loop : loops) {
    messages += loop->progress().messages;
    errors += loop->progress().errors;
    p99_ns = std::max<int64_t>(p99_ns, loop->progress().p99_ns);
  }
  const double seconds = static_cast<double>(now_ns - last_shown_ns_) / 1e9;
  std::fprintf(stderr, "\r\033[K%s, %.0f /s, %s%llu errors",
               TimeLeft(options_, pilot_, now_ns, messages).c_str(),
               static_cast<double>(messages - last_messages_) / seconds,
               p99_ns > 0 ? ("p99 " + DurationText(p99_ns) + ", ").c_str() : "",
               static_cast<unsigned long long>(errors));
  written_ = true;
  last_shown_ns_ = now_ns;
  last_messages_ = messages;
}

}  // namespace switchboard::load
