#include "bench/load/options/together.h"

#include <fcntl.h>

#include <chrono>
#include <limits>
#include <optional>

#include "bench/load/base/units.h"
#include "bench/load/options/values.h"

namespace switchboard::load {
namespace {

constexpr int64_t kMaxShares = 10'000;
constexpr double kMostAheadSeconds = 86'400;
constexpr Unit kPlain[] = {{"", 1}};

}  // namespace

void SetShare(const GivenOption& given, CommandLine& line) {
  const size_t slash = given.value.find('/');
  const std::optional<int64_t> share = TakeWhole(given.value.substr(0, slash), kPlain);
  const std::optional<int64_t> shares =
      slash == given.value.npos ? std::nullopt : TakeWhole(given.value.substr(slash + 1), kPlain);
  if (!share || !shares || *share < 1 || *share > *shares || *shares > kMaxShares) {
    Refuse(given, Format("say which part of how many, up to %lld, as in 2/3",
                         static_cast<long long>(kMaxShares)));
  }
  line.load.share = static_cast<int>(*share);
  line.load.shares = static_cast<int>(*shares);
}

void SetStartAt(const GivenOption& given, CommandLine& line) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const double now_s = std::chrono::duration<double>(now).count();
  const std::optional<double> at_s = TakeMoment(given.value, now_s);
  if (!at_s) {
    Refuse(given,
           "give seconds since 1970, UTC as in 2030-01-02T03:04:05Z, or a time from now as in +5s");
  }
  if (*at_s < now_s) {
    Refuse(given,
           Format("that was %.3g s ago by the clock here; give a later time", now_s - *at_s));
  }
  if (*at_s > now_s + kMostAheadSeconds) {
    Refuse(given, Format("that is %.3g s ahead by the clock here; give a time within a day",
                         *at_s - now_s));
  }
  line.load.start.at_s = at_s;
}

void SetReadyFd(const GivenOption& given, CommandLine& line) {
  const std::optional<int64_t> fd = TakeWhole(given.value, kPlain);
  // It must be open before any file of this program is.
  const int flags =
      fd && *fd <= std::numeric_limits<int>::max() ? ::fcntl(static_cast<int>(*fd), F_GETFL) : -1;
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
    Refuse(given, "give the number of a descriptor that is open for writing, as 3 after 3>FILE");
  }
  line.load.start.ready_fd = static_cast<int>(*fd);
}

}  // namespace switchboard::load
