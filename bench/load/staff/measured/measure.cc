#include "bench/load/staff/measured/measure.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "bench/load/base/deadline.h"
#include "bench/load/base/units.h"
#include "bench/load/certainty/spread.h"
#include "bench/load/run/load.h"
#include "bench/load/run/wrong_echo.h"
#include "bench/load/staff/columns.h"
#include "bench/load/status/server_status.h"
#include "bench/load/target/started_server.h"

namespace switchboard::load {
namespace {

constexpr int64_t kLookEveryMs = 100;

std::string NotReached(const Report& report) {
  constexpr const char* kWayOut = "; see what the server's log says of them";
  const Generator& generator = report.generator;
  if (const uint64_t errors = Total(report.errors_measured); errors > 0) {
    return "connections broke or were refused " + GroupedText(errors) + " times" + kWayOut;
  }
  if (generator.connections_open < report.options.connections) {
    return Format("%d of %d connections were open", generator.connections_open,
                  report.options.connections) +
           kWayOut;
  }
  if (report.interrupted || generator.unanswered == 0) return "";
  return GroupedText(generator.unanswered) + " messages were never answered" + kWayOut;
}

Staffing Needed(const MeasuredOptions& options, const RateResult& result) {
  StaffingOptions asked;
  asked.arrivals = result.observed.rate;
  asked.service_s = result.demand.service_s;
  asked.cv = result.demand.cv;
  asked.share = options.share;
  asked.limit_s = options.limit_s;
  return StaffWorkers(asked);
}

// What an interrupt has left out, in one sentence, if the last rate that was begun is `measured`.
std::string LeftOut(double rate, const std::optional<MeasuredRate>& measured, size_t not_begun) {
  std::string text = "interrupted ";
  if (!measured) {
    text += "at " + RateText(rate) + "/s, too soon to say anything of it";
  } else if (measured->cut_off) {
    text += "after " + SecondsText(measured->result.seconds) + " of " + RateText(rate) + "/s";
  } else {
    text += "after " + RateText(rate) + "/s";
  }
  if (not_begun == 0) return text;
  return text + Format("; %zu rate%s not measured", not_begun, not_begun == 1 ? " was" : "s were");
}

class Measuring {
 public:
  Measuring(const MeasuredOptions& options, const std::atomic<bool>& interrupted)
      : options_(options), interrupted_(interrupted), load_(options.load) {
    std::string status = options.status;
    if (!options.command.empty()) {
      const auto patience_ms = static_cast<int64_t>(options.start_timeout_s * 1000);
      server_ = std::make_unique<StartedServer>(options.command, 0, Deadline(patience_ms));
      load_.target = server_->address().ToString();
      if (status.empty()) status = server_->status().ToString();
    }
    status_ = std::make_unique<ServerStatus>(status);
    (void)status_->Read();  // a wrong address is refused before anything runs
  }

  // Nothing if it was interrupted before there was enough for an interval.
  std::optional<MeasuredRate> At(double rate) {
    load_.rate = rate;
    Sampler sampler(*status_, kLookEveryMs, KnownWell(options_.within), interrupted_);
    const Report report = Run(sampler);
    const Samples samples = sampler.Take();
    if (!report.verification.Passed()) {
      throw WrongEcho("an echo was wrong (" + report.reasons.front() +
                      "), so nothing is predicted");
    }
    ++load_.seed;
    MeasuredRate measured;
    measured.cut_off = interrupted_ && report.interrupted;
    if (measured.cut_off && SlicesOf(samples).size() < kFewestBatches) return std::nullopt;
    measured.result = Evaluate(Observe(report, samples), options_.limit_s);
    measured.verdict = Judge(measured.result);
    measured.needed = Needed(options_, measured.result);
    return measured;
  }

 private:
  // An interrupted run that has no report is none; a look that failed says more than the run that
  // it ended.
  Report Run(Sampler& sampler) {
    try {
      return RunLoad(load_, sampler.stop(), &sampler);
    } catch (const std::runtime_error&) {
      if (*sampler.stop()) (void)sampler.Take();
      throw;
    }
  }

  const MeasuredOptions& options_;
  const std::atomic<bool>& interrupted_;
  Options load_;
  std::unique_ptr<StartedServer> server_;
  std::unique_ptr<ServerStatus> status_;
};

}  // namespace

ModelVerdict Measurement::Verdict() const {
  const auto off =
      std::ranges::find_if(rates, [](const MeasuredRate& each) { return !each.verdict.Holds(); });
  return off == rates.end() ? rates.front().verdict : off->verdict;
}

Observed Observe(const Report& report, const Samples& samples) {
  Observed observed;
  observed.rate = report.options.rate;
  observed.connections = report.options.connections;
  observed.slices = SlicesOf(samples, &observed.workers);
  if (report.generator.intended == 0 && report.messages == 0) {
    throw std::runtime_error(
        Format("no message was due in the %g s that were measured", report.options.duration_s) +
        " at " + RateText(observed.rate) + "/s; give a longer --duration");
  }
  if (observed.slices.empty() || observed.workers == 0) {
    throw std::runtime_error(
        "no message came to a worker of the server that --status is of; give the status address of "
        "the server that is called");
  }
  observed.messages = report.messages;
  const auto all = static_cast<double>(std::max<uint64_t>(report.latency.count(), 1));
  observed.behind_another_share = 1 - static_cast<double>(report.naive_latency.count()) / all;
  observed.lateness_ns = report.send_lag.PercentileNs(99);
  observed.skew_ns =
      std::abs(report.send_lag.MeanNs() - static_cast<double>(report.send_lag.PercentileNs(50)));
  observed.generator_busy_share = report.generator.busy_share;
  observed.not_sent = report.generator.not_offered + report.generator.too_late;
  observed.not_reached = NotReached(report);
  return observed;
}

Measurement Measure(const MeasuredOptions& options, const std::atomic<bool>& interrupted) {
  Measurement measurement;
  measurement.options = options;
  measurement.machine = ThisMachine();
  Measuring measuring(options, interrupted);
  size_t not_begun = options.rates.size();
  for (const double rate : options.rates) {
    --not_begun;
    try {
      std::optional<MeasuredRate> measured = measuring.At(rate);
      if (!measured && measurement.rates.empty()) {
        throw std::runtime_error(LeftOut(rate, measured, 0));
      }
      measurement.interrupted = interrupted && (not_begun > 0 || !measured || measured->cut_off);
      if (measurement.interrupted) {
        measurement.warnings.push_back(LeftOut(rate, measured, not_begun));
      }
      if (measured) measurement.rates.push_back(std::move(*measured));
      if (measurement.interrupted) break;
    } catch (const WrongEcho&) {
      throw;
    } catch (const std::runtime_error& error) {
      if (measurement.rates.empty()) throw;
      measurement.interrupted = interrupted;
      measurement.warnings.push_back("the measurement ended early, at " + RateText(rate) +
                                     "/s: " + error.what());
      break;
    }
  }
  return measurement;
}

}  // namespace switchboard::load
