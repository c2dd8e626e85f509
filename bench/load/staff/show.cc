#include "bench/load/staff/show.h"

#include <utility>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/staff/columns.h"

namespace switchboard::load {
namespace {

constexpr const char* kSchema = "switchboard-staff/1";

std::string Sentence(const char* what, const Demand& demand, double share,
                     const std::string& goal) {
  return RateText(demand.rate) + " " + what + " a second of " + SecondsText(demand.service_s) +
         Format(" each: %.6g erlang; target: %.10g %% ", demand.Load(), 100 * share) + goal +
         "\n\n";
}

Cells Header(const Demand& demand) {
  const std::string limit = SecondsText(demand.limit_s);
  Cells cells{"", "workers", "busy", "P(wait)", "mean wait", "P(wait > " + limit + ")"};
  if (demand.patience_s > 0) {
    cells.push_back("hang up");
    cells.push_back("served in " + limit);
  }
  return cells;
}

Cells Row(const Demand& demand, const StaffedWaiting& row, bool chosen) {
  const Waiting& waiting = row.waiting;
  Cells cells{chosen ? "->" : "", GroupedText(static_cast<uint64_t>(row.workers))};
  if (!waiting.ends) {
    cells.push_back("always, and the queue grows without end");
    return cells;
  }
  for (const std::string& each :
       {PercentText(waiting.utilisation), PercentText(waiting.p_wait),
        SecondsText(waiting.mean_wait_s), PercentText(waiting.p_wait_over_limit)}) {
    cells.push_back(each);
  }
  if (demand.patience_s > 0) {
    cells.push_back(PercentText(waiting.p_abandon));
    cells.push_back(PercentText(waiting.p_served_in_limit));
  }
  return cells;
}

std::string About(const Staffing& staffing) {
  std::string text = staffing.formula + ": callers come at random, each independent of the others";
  if (staffing.demand.patience_s > 0) {
    text +=
        ", and hang up after a wait of " + SecondsText(staffing.demand.patience_s) + " in the mean";
  }
  text += ";\nservice times ";
  if (staffing.demand.cv == 1) return text + "are exponential\n";
  return text + Format("have a coefficient of variation of %g\n", staffing.demand.cv);
}

Json Known(bool known, double figure) { return known ? Json(figure) : Json(); }

Json::Object Figures(const Demand& demand, const StaffedWaiting& row) {
  const Waiting& waiting = row.waiting;
  Json::Object figures{{"workers", row.workers},
                       {"p_wait", Known(waiting.ends, waiting.p_wait)},
                       {"mean_wait_us", Known(waiting.ends, waiting.mean_wait_s * 1e6)},
                       {"p_wait_over_target", Known(waiting.ends, waiting.p_wait_over_limit)},
                       {"p_served_in_target", Known(waiting.ends, waiting.p_served_in_limit)},
                       {"utilisation", Known(waiting.ends, waiting.utilisation)}};
  if (demand.patience_s > 0) figures.emplace_back("p_abandon", waiting.p_abandon);
  return figures;
}

Json::Object Figures(const Demand&, const StaffedLines& row) {
  return {{"lines", row.lines}, {"p_busy", row.p_busy}, {"utilisation", row.utilisation}};
}

Json Asked(const Demand& demand, double share) {
  return Json::Object{{"rate", demand.rate},
                      {"service_us", demand.service_s * 1e6},
                      {"cv", demand.cv},
                      {"patience_us", Known(demand.patience_s > 0, demand.patience_s * 1e6)},
                      {"target_share", share},
                      {"target_wait_us", demand.limit_s * 1e6},
                      {"offered_load", demand.Load()}};
}

template <typename Each>
Json AllOf(const Each& staffing, const std::string& formula,
           const std::vector<std::string>& warnings) {
  Json json{Json::Object{{"schema", kSchema}, {"formula", formula}}};
  json.Set("asked", Asked(staffing.demand, staffing.share));
  for (auto& [key, figure] : Figures(staffing.demand, staffing.chosen)) json.Set(key, figure);
  Json around{Json::Array()}, said{Json::Array()};
  for (const auto& row : staffing.around) around.Append(Figures(staffing.demand, row));
  for (const std::string& warning : warnings) said.Append(warning);
  json.Set("around", std::move(around));
  json.Set("warnings", std::move(said));
  return json;
}

}  // namespace

std::string ToText(const Staffing& staffing) {
  const Demand& demand = staffing.demand;
  std::vector<Cells> rows{Header(demand)};
  for (const StaffedWaiting& row : staffing.around) {
    rows.push_back(Row(demand, row, row.workers == staffing.chosen.workers));
  }
  std::string text = Sentence("messages", demand, staffing.share,
                              "are served within " + SecondsText(demand.limit_s)) +
                     InColumns(rows) + "\n" + About(staffing);
  for (const std::string& warning : staffing.warnings) text += "warning: " + warning + "\n";
  return text;
}

std::string ToText(const LineStaffing& staffing) {
  std::vector<Cells> rows{{"", "lines", "taken", "told busy"}};
  for (const StaffedLines& row : staffing.around) {
    rows.push_back({row.lines == staffing.chosen.lines ? "->" : "",
                    GroupedText(static_cast<uint64_t>(row.lines)), PercentText(row.utilisation),
                    PercentText(row.p_busy)});
  }
  return Sentence("calls", staffing.demand, staffing.share, "get a line at once") +
         InColumns(rows) +
         "\nErlang B: callers come at random, each independent of the others, and do not call "
         "again;\nhow the lengths of calls differ does not matter\n";
}

Json ToJson(const Staffing& staffing) {
  return AllOf(staffing, staffing.formula, staffing.warnings);
}

Json ToJson(const LineStaffing& staffing) { return AllOf(staffing, "Erlang B", {}); }

}  // namespace switchboard::load
