#include "bench/load/merge/warnings.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <utility>

#include "bench/load/base/units.h"

namespace switchboard::load {
namespace {

constexpr double kMostSecondsApart = 2;     // of the starts, before it is worth a warning
constexpr double kMostLengthsApart = 1.02;  // the same of the lengths, as a ratio

using Strings = std::vector<std::string>;

void AddOnce(Strings& list, const std::string& each) {
  if (std::find(list.begin(), list.end(), each) == list.end()) list.push_back(each);
}

template <typename Field>
bool Differ(const std::vector<Part>& parts, Field field) {
  return std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
    return field(part.report) != field(parts.front().report);
  });
}

// Seconds since the epoch; 0 if the text is no time.
double StartOf(const Report& report) {
  std::tm utc{};
  const char* const end = ::strptime(report.machine.started_at.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return end == nullptr ? 0 : static_cast<double>(::timegm(&utc));
}

void WarnOfTimes(const std::vector<Part>& parts, const Report& all, Strings& warnings) {
  const auto seconds = [](const Part& part) { return part.report.seconds; };
  const auto [shortest, longest] = std::ranges::minmax(parts, {}, seconds);
  if (!HaveWindows(parts)) {
    const auto start = [](const Part& part) { return StartOf(part.report); };
    const auto [first, last] = std::ranges::minmax(parts, {}, start);
    if (start(first) > 0 && start(last) - start(first) > kMostSecondsApart) {
      warnings.push_back(
          Format("the runs started up to %.0f s apart by their clocks; rates add up "
                 "only for runs at the same time",
                 start(last) - start(first)));
    }
    if (seconds(longest) > seconds(shortest) * kMostLengthsApart) {
      warnings.push_back(
          Format("the runs were %.2f to %.2f s long; the rate is that over the longest",
                 seconds(shortest), seconds(longest)));
    }
  } else if (all.seconds > seconds(shortest) * kMostLengthsApart) {
    warnings.push_back(
        Format("together the runs took %.2f s, over which the rate is, and each alone "
               "%.2f to %.2f s; their timelines are aligned to a second",
               all.seconds, seconds(shortest), seconds(longest)));
  }
}

void WarnOfTwins(const std::vector<Part>& parts, Strings& warnings) {
  for (size_t i = 0; i < parts.size(); ++i) {
    for (size_t j = i + 1; j < parts.size(); ++j) {
      const Report &a = parts[i].report, &b = parts[j].report;
      // Shares of one load have streams of their own.
      const bool same_share =
          a.options.share == b.options.share || a.options.shares != b.options.shares;
      if (a.options.seed != b.options.seed || !same_share) continue;
      const bool same_run = a.messages == b.messages && a.machine.host == b.machine.host &&
                            a.machine.started_at == b.machine.started_at;
      warnings.push_back("'" + parts[i].name + "' and '" + parts[j].name +
                         (same_run ? "' seem to be the same run, which then counts twice"
                                   : "' have the same seed and so the same byte streams: bytes "
                                     "swapped between them passed for right; leave out --seed, or "
                                     "give each its own"));
    }
  }
}

// Shares of one load are one load only if all of them are there, once.
void WarnOfShares(const std::vector<Part>& parts, Strings& warnings) {
  std::map<int, int> times;
  int shares = 1;
  for (const Part& part : parts) {
    ++times[part.report.options.share];
    shares = std::max(shares, part.report.options.shares);
  }
  if (shares == 1) return;
  if (Differ(parts, [](const Report& report) { return report.options.shares; })) {
    warnings.push_back("the runs differ in how many shares there are; they are of several loads");
    return;
  }
  for (const auto& [share, count] : times) {
    if (count == 1) continue;
    warnings.push_back(Format("share %d/%d is there %d times", share, shares, count));
  }
  if (const int missing = shares - static_cast<int>(times.size()); missing > 0) {
    warnings.push_back(Format("of the %d shares %d %s missing, and with them a part of the load",
                              shares, missing, missing == 1 ? "is" : "are"));
  }
}

}  // namespace

bool HaveWindows(const std::vector<Part>& parts) {
  return std::ranges::all_of(parts, [](const Part& part) { return part.report.window_end_s > 0; });
}

Strings Warnings(const std::vector<Part>& parts, const Report& all) {
  Strings warnings;
  for (const Part& part : parts) {
    for (const std::string& each : part.report.warnings) AddOnce(warnings, part.name + ": " + each);
  }
  const auto warn = [&](const char* what, auto field) {
    if (!Differ(parts, [&](const Report& report) { return field(report.options); })) return;
    warnings.push_back(std::string("the runs differ in ") + what);
  };
  warn("their target", [](const Options& o) { return o.target; });
  warn("--size", [](const Options& o) { return std::pair(o.min_size_bytes, o.max_size_bytes); });
  warn("--depth", [](const Options& o) { return o.depth; });
  warn("--arrivals", [](const Options& o) { return o.arrivals; });
  warn("--messages-per-call", [](const Options& o) { return o.messages_per_call; });
  WarnOfTimes(parts, all, warnings);
  WarnOfShares(parts, warnings);
  WarnOfTwins(parts, warnings);
  return warnings;
}

}  // namespace switchboard::load
