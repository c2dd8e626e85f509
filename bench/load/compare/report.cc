#include "bench/load/compare/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "bench/load/base/units.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/show/json.h"

namespace switchboard::load {
namespace {

constexpr double kConfidence = 0.95;

constexpr const char* kUnknown = "-";

std::string PText(double p) { return p < 0.001 ? "<0.001" : Format("%.3f", p); }

std::string RatioText(const std::optional<Ratio>& ratio) {
  if (!ratio) return kUnknown;
  return Format("%.2f (%.2f to %.2f)", ratio->median, ratio->interval.low, ratio->interval.high);
}

std::string NumberText(const char* format, const std::optional<double>& number) {
  char text[32];
  if (!number) return kUnknown;
  std::snprintf(text, sizeof(text), format, *number);
  return text;
}

std::string RateText(const std::optional<double>& rate) {
  return rate ? GroupedText(static_cast<uint64_t>(std::llround(*rate))) : kUnknown;
}

std::string LatencyText(const std::optional<double>& latency_ns) {
  return latency_ns ? DurationText(static_cast<int64_t>(*latency_ns)) : kUnknown;
}

using Row = std::vector<std::string>;

Row HeaderRow(const Comparison& comparison) {
  const std::string first = comparison.targets.front().spec.name;
  const char* const what = comparison.load.IsOpenLoop() ? "p99" : "rate";
  return {"target",      "messages/s",    what + (" / " + first) + " (95 %)",
          "p",           "p50",           "p99",
          "CPU/message", "calls/message", "switches/message",
          "memory"};
}

Row TargetRow(const Comparison& comparison, const TargetResult& target) {
  const TargetResult& first = comparison.targets.front();
  const std::optional<Ratio> ratio = RatioTo(first, target, Compared(comparison));
  const bool is_first = &target == &first;
  std::optional<double> mebibytes = MedianOf(target, &Trial::resident_bytes);
  if (mebibytes) *mebibytes /= 1 << 20;
  return {target.spec.name,
          RateText(MedianOf(target, &Trial::messages_per_second)),
          is_first ? "1" : RatioText(ratio),
          is_first || !ratio ? kUnknown : PText(ratio->p),
          LatencyText(MedianOf(target, &Trial::p50_ns)),
          LatencyText(MedianOf(target, &Trial::p99_ns)),
          NumberText("%.2f us", MedianOf(target, &Trial::cpu_us)),
          NumberText("%.2f", target.events.system_calls),
          NumberText("%.2f", target.events.context_switches),
          NumberText("%.1f MiB", mebibytes)};
}

// Markdown whose columns line up: names to the left, numbers to the right.
std::string Table(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  std::string out;
  for (size_t row = 0; row < rows.size(); ++row) {
    std::string rule;
    for (size_t column = 0; column < widths.size(); ++column) {
      const std::string& text = rows[row][column];
      const std::string space(widths[column] - text.size(), ' ');
      out += "| " + (column == 0 ? text + space : space + text) + " ";
      const std::string dashes(widths[column], '-');
      rule += column == 0 ? "|:" + dashes + "-" : "|-" + dashes + ":";
    }
    out += "|\n";
    if (row == 0) out += rule + "|\n";
  }
  return out;
}

// The rounds that are in no ratio, and intervals that hold less than they should.
std::string Limits(const Comparison& comparison) {
  std::string out;
  double least = 1;
  for (const TargetResult& target : comparison.targets) {
    std::string left_out;
    for (size_t round = 0; round < target.trials.size(); ++round) {
      if ((target.trials[round].*Compared(comparison)).value_or(0) > 0) continue;
      left_out += (left_out.empty() ? "" : ", ") + std::to_string(round + 1);
    }
    if (!left_out.empty()) {
      out += target.spec.name + ": no " + (comparison.load.IsOpenLoop() ? "p99" : "message") +
             " in round " + left_out + ", which no ratio includes\n";
    }
    const auto ratio = RatioTo(comparison.targets.front(), target, Compared(comparison));
    if (ratio) least = std::min(least, ratio->interval.confidence);
  }
  if (least < kConfidence) {
    out += Format(
        "so few rounds hold no more than %.3g %%, which is what the intervals are; give "
        "more --rounds\n",
        100 * least);
  }
  return out;
}

// What a trial that was not VALID does to the ratios.
std::string Consequence(const std::string& verdict, bool is_first) {
  if (verdict != kGeneratorBound) return "";
  return is_first ? "; it may be faster, and the others' ratios lower than they look"
                  : "; it may be faster, so its ratio is a lower bound";
}

std::string LoadText(const Options& load) {
  std::string out = Format("%d connection%s, %u", load.connections,
                           load.connections == 1 ? "" : "s", load.min_size_bytes);
  if (load.max_size_bytes != load.min_size_bytes) out += Format("-%u", load.max_size_bytes);
  out += load.IsOpenLoop() ? Format(" bytes, open loop at %.6g/s", load.rate)
                           : Format(" bytes, depth %d", load.depth);
  if (load.IsChurn()) {
    out +=
        Format(", %llu messages a call", static_cast<unsigned long long>(load.messages_per_call));
  }
  if (load.messages > 0) {
    out += Format(", %llu messages a turn", static_cast<unsigned long long>(load.messages));
  }
  if (load.duration_s > 0) out += Format(", %.6g s a turn", load.duration_s);
  return out + Format(", %d thread%s", load.threads, load.threads == 1 ? "" : "s");
}

Json Known(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

Json Microseconds(const std::optional<double>& ns) { return ns ? Json(*ns / 1e3) : Json(); }

Json ToJson(const std::optional<Ratio>& ratio) {
  if (!ratio) return {};
  return Json::Object{{"median", ratio->median},
                      {"low", ratio->interval.low},
                      {"high", ratio->interval.high},
                      {"confidence", ratio->interval.confidence},
                      {"p", ratio->p},
                      {"rounds", ratio->rounds}};
}

Json ToJson(const Trial& trial) {
  return Json::Object{{"messages_per_second", Known(trial.messages_per_second)},
                      {"p50_us", Microseconds(trial.p50_ns)},
                      {"p99_us", Microseconds(trial.p99_ns)},
                      {"verdict", trial.verdict},
                      {"reason", trial.reason},
                      {"cpu_us_per_message", Known(trial.cpu_us)},
                      {"resident_bytes", Known(trial.resident_bytes)}};
}

Json ToJson(const Comparison& comparison, const TargetResult& target) {
  const auto ratio = [&](Figure figure) {
    return ToJson(RatioTo(comparison.targets.front(), target, figure));
  };
  Json trials{Json::Array()};
  for (const Trial& trial : target.trials) trials.Append(ToJson(trial));
  const bool started = !target.spec.command.empty();
  return Json::Object{
      {"name", target.spec.name},
      {started ? "command" : "address", started ? target.spec.command : target.spec.address},
      {"messages_per_second", Known(MedianOf(target, &Trial::messages_per_second))},
      {"p50_us", Microseconds(MedianOf(target, &Trial::p50_ns))},
      {"p99_us", Microseconds(MedianOf(target, &Trial::p99_ns))},
      {"ratio", Json::Object{{"messages_per_second", ratio(&Trial::messages_per_second)},
                             {"p50_us", ratio(&Trial::p50_ns)},
                             {"p99_us", ratio(&Trial::p99_ns)}}},
      {"cpu_us_per_message", Known(MedianOf(target, &Trial::cpu_us))},
      {"system_calls_per_message", Known(target.events.system_calls)},
      {"context_switches_per_message", Known(target.events.context_switches)},
      {"resident_bytes", Known(MedianOf(target, &Trial::resident_bytes))},
      {"turns", std::move(trials)}};
}

}  // namespace

Figure Compared(const Comparison& comparison) {
  return comparison.load.IsOpenLoop() ? &Trial::p99_ns : &Trial::messages_per_second;
}

std::optional<double> MedianOf(const TargetResult& target, Figure figure) {
  std::vector<double> known;
  for (const Trial& trial : target.trials) {
    if (trial.*figure) known.push_back(*(trial.*figure));
  }
  return known.empty() ? std::nullopt : std::optional(Median(known));
}

std::optional<Ratio> RatioTo(const TargetResult& first, const TargetResult& other, Figure figure) {
  std::vector<double> ratios, differences;
  for (size_t round = 0; round < first.trials.size(); ++round) {
    const double base = (first.trials[round].*figure).value_or(0);
    const double own = (other.trials[round].*figure).value_or(0);
    if (base == 0 || own == 0) continue;
    ratios.push_back(own / base);
    differences.push_back(std::log(own / base));
  }
  if (ratios.empty()) return std::nullopt;
  return Ratio{Median(ratios), MedianInterval(ratios, kConfidence), SignedRankP(differences),
               ratios.size()};
}

std::vector<std::vector<std::string>> TableRows(const Comparison& comparison) {
  std::vector<Row> rows{HeaderRow(comparison)};
  for (const TargetResult& target : comparison.targets) {
    rows.push_back(TargetRow(comparison, target));
  }
  for (size_t column = rows.front().size(); column-- > 0;) {
    const auto unknown = [&](const Row& row) { return row[column] == kUnknown; };
    if (!std::all_of(rows.begin() + 1, rows.end(), unknown)) continue;
    for (Row& row : rows) row.erase(row.begin() + static_cast<long>(column));
  }
  return rows;
}

std::string LoadOf(const Comparison& comparison) { return LoadText(comparison.load); }

std::string RoundsText(int rounds) {
  return std::to_string(rounds) + (rounds == 1 ? " round" : " rounds");
}

std::string Doubts(const Comparison& comparison) {
  std::string out;
  for (const TargetResult& target : comparison.targets) {
    std::map<std::string, std::vector<const Trial*>> by_verdict;
    for (const Trial& trial : target.trials) {
      if (trial.verdict != kValid) by_verdict[trial.verdict].push_back(&trial);
    }
    for (const auto& [verdict, trials] : by_verdict) {
      out += target.spec.name + ": " + verdict + " in " + std::to_string(trials.size()) + " of " +
             RoundsText(comparison.rounds) +
             Consequence(verdict, &target == &comparison.targets.front()) + " (" +
             trials.front()->reason + ")\n";
    }
  }
  return out;
}

std::string Notes(const Comparison& comparison) {
  std::string out = Limits(comparison) + "medians of " + RoundsText(comparison.rounds) +
                    " in random order, --seed " + std::to_string(comparison.load.seed) +
                    "; ratio: median of the rounds' ratios with an exact interval; p: Wilcoxon's "
                    "signed ranks of them\n";
  if (comparison.rounds < comparison.rounds_asked) {
    out += "interrupted: " + RoundsText(comparison.rounds_asked) + " were asked for\n";
  }
  if (!comparison.event_obstacle.empty()) {
    out += comparison.event_obstacle + "\n";
  } else if (comparison.event_rounds > 0) {
    out += "calls and switches: of the server, medians of " +
           std::to_string(comparison.event_rounds) +
           " further rounds, as counting them slows a server\n";
  }
  return out;
}

std::string ToText(const Comparison& comparison) {
  return LoadOf(comparison) + "\n\n" + Table(TableRows(comparison)) + "\n" + Doubts(comparison) +
         Notes(comparison);
}

Json ToJson(const Comparison& comparison) {
  Json targets{Json::Array()};
  for (const TargetResult& target : comparison.targets) targets.Append(ToJson(comparison, target));
  return Json::Object{
      {"schema", "switchboard-compare/1"},
      {"config", ToJson(comparison.load)},
      {"machine", ToJson(comparison.machine)},
      {"rounds", comparison.rounds},
      {"event_rounds", comparison.event_rounds},
      {"event_obstacle",
       comparison.event_obstacle.empty() ? Json() : Json(comparison.event_obstacle)},
      {"targets", std::move(targets)}};
}

}  // namespace switchboard::load
