#include "bench/load/staff/staffing.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "bench/load/base/units.h"

namespace switchboard::load {
namespace {

constexpr double kWorthAWarning = 0.05;
constexpr double kLinesShare = 0.99;  // of the callers who get a line, unless --target says it

// The fewest for which `enough` holds, which then holds for all that are more. Throws if there are
// none, of whatever `what` says.
template <typename Predicate>
int64_t Fewest(const char* what, Predicate enough) {
  if (!enough(kMostServers)) {
    throw std::invalid_argument("the target needs more than " + GroupedText(kMostServers) + " " +
                                what +
                                ", where the formulas end; give a lower --rate, a shorter "
                                "--service or a lower --target");
  }
  int64_t high = 1;
  while (high < kMostServers && !enough(high)) high *= 2;
  int64_t low = high / 2;  // is not enough
  high = std::min(high, kMostServers);
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

// The row of `chosen` and its neighbours.
template <typename Row, typename Make>
std::vector<Row> Around(int64_t chosen, Make make) {
  std::vector<Row> rows;
  for (int64_t each = std::max<int64_t>(chosen - 1, 1); each <= chosen + 1; ++each) {
    rows.push_back(make(each));
  }
  return rows;
}

Demand DemandOf(const StaffingOptions& options) {
  return {.rate = options.arrivals,
          .service_s = options.service_s,
          .cv = options.cv,
          .patience_s = options.patience_s,
          .limit_s = options.limit_s};
}

const char* FormulaOf(const Demand& demand) {
  if (demand.patience_s > 0) return "Erlang A";
  return demand.cv == 1 ? "Erlang C" : "Allen-Cunneen";
}

// Where the formula is an approximation: how good it is there.
std::vector<std::string> WarningsOf(const Demand& demand, const StaffedWaiting& chosen) {
  if (demand.patience_s > 0) {
    return {
        "Erlang A is for callers who hang up before their service begins; for those who wait for "
        "its end, as the callers of a load with --patience do, there is no formula: measure them"};
  }
  if (demand.cv == 1 || !chosen.waiting.ends) return {};
  std::vector<std::string> warnings;
  const double error = AllenCunneenError(demand, chosen.workers);
  if (chosen.workers > 1 && demand.cv > 1) {
    warnings.push_back(
        "for a --cv above 1 and several workers the wait depends on the whole distribution of the "
        "service, and is often shorter than said here");
  } else if (error > kWorthAWarning) {
    warnings.push_back(
        Format("Allen-Cunneen is weak for many workers who are not very busy: the mean wait may be "
               "%.0f %% "
               "longer",
               100 * error));
  }
  if (chosen.waiting.p_wait > 0 && demand.limit_s > 0) {
    warnings.push_back(
        "the formula is one of means; that longer waits become rarer exponentially is assumed");
  }
  return warnings;
}

}  // namespace

StaffingOptions CompleteStaffing(const CommandLine& line) {
  StaffingOptions options = line.staffing;
  if (options.lines && !line.Has("target")) {
    options.share = kLinesShare;
    options.limit_s = 0;
  }
  for (const char* option : {"html", "title", "note", "connections", "duration", "warmup", "within",
                             "greeting", "seed", "start-timeout"}) {
    Require(!line.Has(option), std::string("--") + option +
                                   " is for what is measured; give --rates and a server, or leave "
                                   "it out");
  }
  Require(line.Has("rate"),
          "say how many callers there are with --rate, as in --rate 800, or measure a server with "
          "--rates, see --help");
  Require(line.Has("service"), "say how long each takes with --service, as in --service 5ms");
  Require(!line.Has("lines") || !line.Has("workers"),
          "--lines is about callers who do not wait and --workers about those who do; leave out "
          "one of them");
  Require(!options.lines || !line.Has("cv"),
          "--cv makes no difference to --lines, whose formula holds for any; leave it out");
  Require(!options.lines || !line.Has("patience"),
          "--patience cannot go with --lines, where nobody waits; leave out one of them");
  Require(!line.Has("patience") || options.cv == 1,
          "there is no formula for --patience with a --cv other than 1; leave out one of them");
  Require(
      !options.lines || options.limit_s == 0,
      "--lines has no waits; give --target the part of the callers alone who get through, as in "
      "--target 99%");
  Require(options.lines || options.limit_s > 0,
          "--target needs a time as well, as in --target 80%/20ms");
  const double load = options.arrivals * options.service_s;
  Require(load < static_cast<double>(kMostServers),
          "--rate times --service is work for " +
              GroupedText(static_cast<uint64_t>(std::ceil(load))) +
              " workers, and the formulas end at " + GroupedText(kMostServers) +
              "; give less of one of them");
  return options;
}

Staffing StaffWorkers(const StaffingOptions& options) {
  Staffing staffing;
  staffing.demand = DemandOf(options);
  staffing.share = options.share;
  staffing.formula = FormulaOf(staffing.demand);
  const auto row = [&](int64_t workers) {
    return StaffedWaiting{workers, PredictWaiting(staffing.demand, workers)};
  };
  const auto enough = [&](int64_t workers) {
    const Waiting waiting = row(workers).waiting;
    return waiting.ends && waiting.p_served_in_limit >= options.share;
  };
  staffing.chosen = row(options.servers > 0 ? options.servers : Fewest("workers", enough));
  staffing.around = Around<StaffedWaiting>(staffing.chosen.workers, row);
  staffing.warnings = WarningsOf(staffing.demand, staffing.chosen);
  return staffing;
}

LineStaffing StaffLines(const StaffingOptions& options) {
  LineStaffing staffing;
  staffing.demand = DemandOf(options);
  staffing.share = options.share;
  const double load = staffing.demand.Load();
  const auto row = [&](int64_t lines) {
    const double busy = ErlangB(lines, load);
    return StaffedLines{lines, busy, load * (1 - busy) / static_cast<double>(lines)};
  };
  const auto enough = [&](int64_t lines) { return 1 - ErlangB(lines, load) >= options.share; };
  staffing.chosen = row(options.servers > 0 ? options.servers : Fewest("lines", enough));
  staffing.around = Around<StaffedLines>(staffing.chosen.lines, row);
  return staffing;
}

}  // namespace switchboard::load
