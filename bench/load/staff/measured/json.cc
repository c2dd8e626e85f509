#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/base/units.h"
#include "bench/load/staff/measured/show.h"

namespace switchboard::load {
namespace {

constexpr const char* kSchema = "switchboard-staff-measured/1";

Json FigureJson(const RateResult& result, const ModelFigure& figure, double factor = 1) {
  const MeasuredValue& measured = figure.measured;
  Json json{Json::Object{{"predicted", result.ends ? Json(factor * figure.predicted) : Json()},
                         {"measured", factor * measured.value}}};
  for (const auto& [key, side] : {std::pair{"low", -1}, std::pair{"high", 1}}) {
    json.Set(key, measured.margin
                      ? Json(factor * std::max(0.0, measured.value + side * *measured.margin))
                      : Json());
  }
  return json;
}

Json RateJson(const MeasuredRate& measured) {
  const RateResult& result = measured.result;
  const Observed& seen = result.observed;
  Json json{Json::Object{
      {"rate", seen.rate},
      {"verdict", measured.verdict.name},
      {"reason", measured.verdict.reason},
      {"interrupted", measured.cut_off},
      {"workers", seen.workers},
      {"seconds", result.seconds},
      {"turns", result.turns},
      {"turns_per_second", result.demand.rate},
      {"service_us", result.demand.service_s * 1e6},
      {"cv", result.demand.cv},
      {"offered_load", result.offered},
      {"utilisation", FigureJson(result, result.utilisation)},
      {"mean_wait_us", FigureJson(result, result.mean_wait_s, 1e6)},
      {"p_wait", FigureJson(result, result.p_wait)},
  }};
  Json waits{Json::Array()};
  for (const LongWait& each : result.long_waits) {
    Json wait = FigureJson(result, each.p);
    wait.Set("over_us", each.over_s * 1e6);
    wait.Set("over_services", each.services > 0 ? Json(each.services) : Json());
    waits.Append(std::move(wait));
  }
  json.Set("p_wait_over", std::move(waits));
  json.Set("messages", seen.messages);
  json.Set("connections", seen.connections);
  json.Set("behind_another_share", seen.behind_another_share);
  json.Set("lateness_p99_us", static_cast<double>(seen.lateness_ns) / 1e3);
  json.Set("skew_us", seen.skew_ns / 1e3);
  json.Set("workers_needed", measured.needed.chosen.workers);
  return json;
}

}  // namespace

Json ToJson(const Measurement& measurement) {
  const MeasuredOptions& options = measurement.options;
  const Machine& machine = measurement.machine;
  Json rates{Json::Array()};
  for (const MeasuredRate& each : measurement.rates) rates.Append(RateJson(each));
  const std::vector<std::string>& warnings = measurement.warnings;
  return Json::Object{{"schema", kSchema},
                      {"title", options.title},
                      {"verdict", measurement.Verdict().name},
                      {"interrupted", measurement.interrupted},
                      {"warnings", Json::Array(warnings.begin(), warnings.end())},
                      {"server", options.Server()},
                      {"command", options.as_typed},
                      {"seed", options.load.seed},
                      {"p_wait_is_over_us", kHandOverS * 1e6},
                      {"target_share", options.share},
                      {"target_wait_us", options.limit_s * 1e6},
                      {"machine", Json::Object{{"host", machine.host},
                                               {"cpu", machine.cpu},
                                               {"cpus", machine.cpus},
                                               {"kernel", machine.kernel},
                                               {"version", machine.version},
                                               {"started_at", machine.started_at}}},
                      {"rates", std::move(rates)}};
}

}  // namespace switchboard::load
