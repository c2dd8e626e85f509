#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/staff/columns.h"
#include "bench/load/staff/measured/show.h"

namespace switchboard::load {
namespace {

using ValueText = std::string (*)(double);

std::string RangeText(const std::string& least, const std::string& most) {
  return least == most ? least : least + " to " + most;
}

std::string MeasuredText(const ModelFigure& figure, ValueText text) {
  const MeasuredValue& measured = figure.measured;
  return text(measured.value) + " ±" + (measured.margin ? text(*measured.margin) : "?");
}

Cells Header(const RateResult& result) {
  Cells cells{"rate", "", "busy", "mean wait", "P(wait)"};
  for (const LongWait& each : result.long_waits) cells.push_back(NameOf(each));
  return cells;
}

// The two rows of one rate.
void AddRows(const MeasuredRate& rate_measured, std::vector<Cells>& rows) {
  const RateResult& result = rate_measured.result;
  const auto add = [&](const std::string& rate, const char* what, auto text_of) {
    Cells cells{rate, what, text_of(result.utilisation, RoundPercentText),
                text_of(result.mean_wait_s, SecondsText), text_of(result.p_wait, RoundPercentText)};
    for (const LongWait& each : result.long_waits)
      cells.push_back(text_of(each.p, RoundPercentText));
    rows.push_back(std::move(cells));
  };
  const std::string rate = RateText(result.observed.rate) + "/s";
  if (result.ends) {
    add(rate, "predicted",
        [](const ModelFigure& figure, ValueText text) { return text(figure.predicted); });
  } else {
    rows.push_back({rate, "predicted", "always, and the queue grows without end"});
  }
  add(rate_measured.cut_off ? "cut off" : "", "measured", MeasuredText);
}

std::string Staffed(const Measurement& measurement) {
  std::vector<Cells> rows{{"rate", "workers now", "needed", "busy", "mean wait",
                           "P(wait > " + SecondsText(measurement.options.limit_s) + ")"}};
  for (const MeasuredRate& each : measurement.rates) {
    const Waiting& waiting = each.needed.chosen.waiting;
    rows.push_back({RateText(each.result.observed.rate) + "/s",
                    GroupedText(static_cast<uint64_t>(each.result.observed.workers)),
                    GroupedText(static_cast<uint64_t>(each.needed.chosen.workers)),
                    RoundPercentText(waiting.utilisation), SecondsText(waiting.mean_wait_s),
                    RoundPercentText(waiting.p_wait_over_limit)});
  }
  return InColumns(rows);
}

}  // namespace

std::string NameOf(const LongWait& wait) {
  if (wait.services == 0) return "P(wait > " + SecondsText(wait.over_s) + ")";
  if (wait.services == 1) return "P(wait > s)";
  return wait.services < 1 ? Format("P(wait > s/%g)", std::round(1 / wait.services))
                           : Format("P(wait > %gs)", wait.services);
}

std::string VerdictText(const Measurement& measurement) {
  const auto holds = [](const MeasuredRate& each) { return each.verdict.Holds(); };
  const auto holding = std::ranges::count_if(measurement.rates, holds);
  const size_t all = measurement.rates.size();
  if (static_cast<size_t>(holding) == all) {
    return std::string(kModelHolds) + Format(" at all %zu rates", all);
  }
  return measurement.Verdict().name + Format("; the model holds at %td of %zu rates", holding, all);
}

std::string ServiceText(const Measurement& measurement) {
  double shortest = HUGE_VAL, longest = 0, least = HUGE_VAL, most = 0;
  for (const MeasuredRate& each : measurement.rates) {
    const Demand& demand = each.result.demand;
    shortest = std::min(shortest, demand.service_s), longest = std::max(longest, demand.service_s);
    least = std::min(least, demand.cv), most = std::max(most, demand.cv);
  }
  return "mean service s " + RangeText(SecondsText(shortest), SecondsText(longest)) +
         ", coefficient of variation " + RangeText(Format("%.2f", least), Format("%.2f", most));
}

std::string GoalText(const MeasuredOptions& options) {
  return Format("%.10g %% are served within ", 100 * options.share) + SecondsText(options.limit_s);
}

std::string ToText(const Measurement& measurement) {
  const MeasuredOptions& options = measurement.options;
  const RateResult& first = measurement.rates.front().result;
  std::string text = VerdictText(measurement) + "\n";
  for (const MeasuredRate& each : measurement.rates) {
    if (each.verdict.Holds()) continue;
    text += "  " + RateText(each.result.observed.rate) + "/s: " + each.verdict.name + ": " +
            each.verdict.reason + "\n";
  }
  for (const std::string& warning : measurement.warnings) text += "warning: " + warning + "\n";
  text += "\nserver     " + options.Server() + ", " +
          GroupedText(static_cast<uint64_t>(first.observed.workers)) +
          (first.observed.workers == 1 ? " worker; " : " workers; ") + ServiceText(measurement) +
          "\nload       Poisson arrivals from " +
          GroupedText(static_cast<uint64_t>(first.observed.connections)) +
          Format(" connections, seed %llu\n\n", static_cast<unsigned long long>(options.load.seed));
  std::vector<Cells> rows{Header(first)};
  for (const MeasuredRate& each : measurement.rates) AddRows(each, rows);
  text +=
      InColumns(rows) +
      "\nThe prediction is Erlang C's, by Allen-Cunneen with the measured coefficient of "
      "variation, from the rate\nand the mean service that were measured. P(wait) is of waits "
      "of more than 200 us: what is shorter is\nhand-over, and not compared. ± is the half of a "
      "95 % interval.\n";
  return text + "\nWorkers needed so that " + GoalText(options) + ", by the service measured:\n\n" +
         Staffed(measurement);
}

}  // namespace switchboard::load
