#include "bench/load/show/page/html.h"

#include <cctype>
#include <cmath>
#include <map>
#include <utility>

#include "bench/load/base/units.h"
#include "bench/load/measure/fields.h"
#include "bench/load/measure/objective.h"
#include "bench/load/measure/service_level.h"
#include "bench/load/measure/verdict.h"
#include "bench/load/measure/wishes.h"
#include "bench/load/show/page/anatomy.h"
#include "bench/load/show/page/configuration.h"
#include "bench/load/show/page/figures.h"
#include "bench/load/show/page/frame.h"
#include "bench/load/show/page/markup.h"

namespace switchboard::load {
namespace {

// What a verdict means to somebody who has not read verdict.h, and how it is coloured.
struct Meaning {
  const char* style;
  const char* sign;
  const char* sentence;
};

Meaning MeaningOf(const std::string& verdict) {
  if (verdict == kValid) return {"good", "✓", "These figures may be believed."};
  if (verdict == kTooShort) {
    return {"doubt", "!", "There was too little to measure; these figures mean little."};
  }
  if (verdict == kGeneratorBound) {
    return {"doubt", "!", "The load generator was the limit; the server may be better."};
  }
  if (verdict == kNotStationary) {
    return {"doubt", "!",
            "The latency moved while it was measured; the next run's may be another."};
  }
  if (verdict == kTargetNotReached) {
    return {"doubt", "!", "Less was measured than was asked for."};
  }
  return {"bad", "✕", "Echoes were wrong. A server that does not echo right has no speed."};
}

std::string VerdictBox(const Report& report) {
  const auto [style, sign, sentence] = MeaningOf(report.verdict);
  std::string reasons = std::string("<p>") + sentence + "</p>\n";
  if (!report.reasons.empty()) {
    reasons += "<ul>";
    for (const std::string& reason : report.reasons) reasons += "<li>" + Escaped(reason) + "</li>";
    reasons += "</ul>\n";
  }
  return VerdictMarkup(style, sign, report.verdict, reasons);
}

std::string Header(const Report& report) {
  std::string time = report.machine.started_at;
  if (const size_t t = time.find('T'); t != time.npos) time[t] = ' ';
  if (!time.empty() && time.back() == 'Z') time.replace(time.size() - 1, 1, " UTC");
  std::string under = report.title.empty() ? "" : report.options.target + ", ";
  under += time + (report.machine.host.empty() ? "" : ", from " + report.machine.host);
  return PageHeader({.over = "Load on an echo server",
                     .title = report.title.empty() ? report.options.target : report.title,
                     .under = under,
                     .notes = report.notes});
}

std::string Summary(const Report& report) {
  const Options& options = report.options;
  return "<p>" + CountText(report.messages, "message") + " of " + SizeText(options) +
         " answered in " + ReadableDuration(static_cast<int64_t>(report.seconds * 1e9)) + " on " +
         CountText(static_cast<uint64_t>(options.connections), "connection") + "; " +
         Escaped(LoadText(options)) + ".</p>\n";
}

std::string Tile(const char* name, const std::string& figure, const std::string& more) {
  return std::string("<div><dt>") + name + "</dt><dd class=\"figure\">" + Escaped(figure) +
         "</dd><dd class=\"more\">" + Escaped(more) + "</dd></div>\n";
}

// "connect 2, receive 5"
std::string ErrorPhases(const Report& report) {
  std::map<Phase, uint64_t> counts;
  for (const auto& [error, count] : report.errors) counts[error.first] += count;
  std::string text;
  for (const auto& [phase, count] : counts) {
    text += std::string(text.empty() ? "" : ", ") + PhaseName(phase) + " " + GroupedText(count);
  }
  return text.empty() ? "in any phase" : text;
}

// "1.02 ms to 1.13 ms", or the end that is known; `otherwise` where neither is.
std::string IntervalText(const Report& report, double percent, const char* otherwise) {
  const LatencyInterval* const interval = report.certainty.Of(percent);
  if (interval == nullptr) return otherwise;
  if (interval->low_ns <= 0 && interval->high_ns <= 0) return otherwise;
  if (interval->low_ns <= 0) return "up to " + ReadableDuration(interval->high_ns);
  if (interval->high_ns <= 0) return "from " + ReadableDuration(interval->low_ns);
  return ReadableDuration(interval->low_ns) + " to " + ReadableDuration(interval->high_ns);
}

// "by the second 3.1 to 20.5 %"; empty where it does not change.
std::string BySecond(const Report& report, PartOfSecond part) {
  const auto range = OverSeconds(report, part);
  if (!range || report.timeline.size() < 2) return "";
  return Format("by the second %.3g to %.3g %%", 100 * range->first, 100 * range->second);
}

std::string ServiceLevelTiles(const Report& report) {
  const Options& options = report.options;
  std::string out;
  if (const auto part = Abandonment(options, report)) {
    out += Tile("Hung up", Format("%.3g %%", 100 * *part), BySecond(report, Abandonment<Second>));
  }
  if (const auto part = ServiceLevel(options, report)) {
    out += Tile("Service level", Format("%.3g %%", 100 * *part),
                "in " + ReadableDuration(options.service_level_ns) + "; " +
                    BySecond(report, ServiceLevel<Second>));
  }
  return out;
}

std::string Tiles(const Report& report) {
  const auto latency = [&](double percent) { return ReadablePercentile(report.latency, percent); };
  const double bytes_per_second =
      report.seconds > 0 ? static_cast<double>(report.bytes) / report.seconds : 0;
  return "<dl class=\"tiles\">\n" +
         Tile("Messages/s", GroupedText(static_cast<uint64_t>(report.MessagesPerSecond() + 0.5)),
              BytesText(bytes_per_second) + "/s each way") +
         Tile("Median latency", latency(50), IntervalText(report, 50, "p50")) +
         Tile("99 of 100 within", latency(99), IntervalText(report, 99, "p99")) +
         Tile("Slowest", latency(100), "max") + ServiceLevelTiles(report) +
         Tile("Errors", GroupedText(Total(report.errors)), ErrorPhases(report)) + "</dl>\n";
}

// "Send lag".
std::string TitleOf(const HistogramField& field) {
  std::string title = field.name;
  title.erase(0, title.find_first_not_of(' '));
  title.front() = static_cast<char>(std::toupper(title.front()));
  return title;
}

Table PercentileTable(const Report& report) {
  std::vector<std::pair<std::string, const Histogram*>> columns;
  for (const HistogramField& each : kHistograms) {
    const Histogram& histogram = report.*each.member;
    const bool shown = each.shown == Shown::kIfAny
                           ? histogram.count() > 0
                           : each.shown == Shown::kInOpenLoop && report.options.IsOpenLoop();
    if (shown || each.member == &Report::latency) columns.emplace_back(TitleOf(each), &histogram);
  }
  Table table{.caption = "Percentiles", .header = {""}, .rows = {}, .style = "numbers"};
  const bool intervals = !report.certainty.intervals.empty();
  const auto row = [&](const char* name, const std::string& interval, auto text) {
    table.rows.push_back({name});
    for (const auto& [column, histogram] : columns) {
      table.rows.back().push_back(text(*histogram));
      if (intervals && histogram == &report.latency) table.rows.back().push_back(interval);
    }
  };
  for (const auto& [name, histogram] : columns) {
    table.header.push_back(name);
    if (intervals && histogram == &report.latency) table.header.push_back("95 % interval");
  }
  for (const Percentile& each : kPercentiles) {
    row(each.name, IntervalText(report, each.percent, "–"),
        [&](const Histogram& histogram) { return ReadablePercentile(histogram, each.percent); });
  }
  row("mean", "", [](const Histogram& histogram) {
    return histogram.count() == 0
               ? "–"
               : ReadableDuration(static_cast<int64_t>(std::llround(histogram.MeanNs())));
  });
  row("values", "", [](const Histogram& histogram) { return GroupedText(histogram.count()); });
  return table;
}

std::string OpenLoopText(const Report& report) {
  return std::string(
             "<p>Latency counts from the time at which each message was due, whether or not it "
             "could be sent then. ") +
         (report.naive_latency.count() > 0
              ? "The naive figure is what a tester sees who sends only when no reply is owed: "
                "while the server stalls he asks nothing, and the stall is hardly in his figures."
              : "There is no naive figure, which is of messages sent when no reply is owed: a "
                "reply was owed all the time.") +
         " Send lag is how late the generator itself took up each message.</p>\n";
}

std::string CertaintyText(const Report& report) {
  const Certainty& certainty = report.certainty;
  if (certainty.intervals.empty()) {
    return "<p>The run was too short to say how far its percentiles may be off.</p>\n";
  }
  std::string out = Format(
      "<p>The interval holds the percentile of a longer run of the same kind in %.0f of 100 runs. "
      "It "
      "comes from how the share of slower messages moves between %d batches of %.3g s.",
      100 * kIntervalConfidence, certainty.batches, certainty.batch_s);
  if (certainty.dependent) {
    out += " Even those follow each other, so that the truth may be farther off.";
  }
  if (certainty.drift.found) out += " The latency drifted: " + Escaped(DriftText(report)) + ".";
  for (const Wish& wish : report.options.until) {
    out += " Asked for: " + Escaped(WishText(report, wish)) + ".";
  }
  return out + "</p>\n";
}

std::string Figures(const Report& report) {
  if (!report.verification.Passed()) return "";
  return "<section>\n<h2>Figures</h2>\n" + Summary(report) + Tiles(report) + "</section>\n";
}

std::string Charts(const Report& report, const Detail& detail) {
  if (!report.verification.Passed()) return "";
  std::string out = "<section>\n<h2>Latency</h2>\n" + LatencyFigure(report, detail);
  if (report.options.IsOpenLoop()) out += OpenLoopText(report);
  return out + ToMarkup(PercentileTable(report)) + CertaintyText(report) + "</section>\n" +
         AnatomySection(report) + "<section>\n<h2>Over time</h2>\n" +
         ThroughputFigure(report, detail) + LatencyOverTimeFigure(report, detail) +
         HeatFigure(report, detail) + "<details><summary>These figures as a table</summary>\n" +
         ToMarkup(TimelineTable(report)) + "</details>\n</section>\n";
}

std::string ObjectiveSection(const Report& report, const Detail& detail) {
  if (report.slo_steps.empty()) return "";
  const bool withheld = !report.verification.Passed();
  Table table{.caption = "Steps of the search, in the order in which they were tried",
              .header = {"Rate", "Step", "Reached", "Latency", "Objective"},
              .rows = {},
              .style = "numbers"};
  for (const SloStep& step : report.slo_steps) {
    table.rows.push_back(
        {RateText(step.rate) + "/s", step.is_long ? "long" : "short",
         RateText(std::round(step.reached_rate)) + "/s",
         withheld || step.percentile_ns == 0 ? "–" : ReadableDuration(step.percentile_ns),
         OutcomeText(step)});
  }
  const std::string objective =
      Format("The highest rate was searched at which %s is within ",
             report.options.slo_percentile == 100
                 ? "the slowest"
                 : Format("p%.6g", report.options.slo_percentile).c_str()) +
      ReadableDuration(report.options.slo_limit_ns) + ": <strong>" + Escaped(SearchResult(report)) +
      "</strong>. The figures above are those of the best step, or of the last if none met it. "
      "Short steps only "
      "look for the rate; the answer is made of long ones.";
  return "<section>\n<h2>Objective</h2>\n<p>" + objective + "</p>\n" +
         (withheld ? "" : ObjectiveFigure(report, detail)) + ToMarkup(table) + "</section>\n";
}

std::string ErrorSection(const Report& report) {
  std::string out = "<section>\n<h2>Errors</h2>\n";
  Table table{.caption = "In the whole run, by phase and error",
              .header = {"Phase", "Error", "Count"},
              .rows = {},
              .style = "errors"};
  for (const auto& [error, count] : report.errors) {
    const bool in_bytes = error.first == Phase::kVerify;
    table.rows.push_back(
        {PhaseName(error.first), error.second, GroupedText(count) + (in_bytes ? " bytes" : "")});
  }
  out += table.rows.empty() ? "<p>None.</p>\n" : ToMarkup(table);
  for (const Shortfall& each : kShortfalls) {
    const uint64_t count = report.generator.*each.count;
    if (count == 0) continue;
    out += "<p>" + CountText(count, "message") + " " + each.name + ": " + each.meaning + ".</p>\n";
  }
  return out + "</section>\n";
}

std::string VerificationSection(const Report& report) {
  const Verification& verification = report.verification;
  std::string out = "<section>\n<h2>Verification</h2>\n<p>" +
                    GroupedText(verification.verified_bytes) +
                    " bytes were compared with what was sent, and are right.</p>\n";
  if (!verification.Passed()) {
    Table table{.caption = "Wrong bytes",
                .header = {"Kind", "Bytes", "Meaning"},
                .rows = {},
                .style = "errors"};
    for (const DamageKind& kind : kDamageKinds) {
      table.rows.push_back({kind.name, GroupedText(verification.damage.*kind.bytes), kind.meaning});
    }
    out += "<p>Wrong on " + GroupedText(verification.bad_connections) + " connections:</p>\n" +
           ToMarkup(table);
    if (!verification.first_wrong.empty()) {
      out += "<p>The first wrong bytes are " + Escaped(verification.first_wrong) + ".</p>\n";
    }
  }
  return out + "</section>\n";
}

std::string Page(const Report& report, const Detail& detail) {
  const std::string& subject = report.title.empty() ? report.options.target : report.title;
  return BeginPage(report.verdict + ": " + subject) + Header(report) + "<main>\n" +
         VerdictBox(report) + WarningsMarkup(report.warnings) + Figures(report) +
         MachinesSection(report) + ObjectiveSection(report, detail) + Charts(report, detail) +
         ErrorSection(report) + VerificationSection(report) + ConfigurationSection(report) +
         EndPage(report.machine.version);
}

}  // namespace

std::string ToHtml(const Report& report) {
  return WithinLimit([&](const Detail& detail) { return Page(report, detail); });
}

}  // namespace switchboard::load
