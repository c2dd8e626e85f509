#include "bench/load/show/json.h"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

#include "bench/load/base/units.h"
#include "bench/load/measure/fields.h"
#include "bench/load/measure/service_level.h"
#include "bench/load/show/certainty_json.h"

namespace switchboard::load {
namespace {

constexpr const char* kSchemas[] = {"switchboard-load/1", "switchboard-load/2",
                                    "switchboard-load/3", "switchboard-load/4",
                                    "switchboard-load/5"};
constexpr int kSchema = std::size(kSchemas);  // that is written

// ---- Writing.

// Nulls where there is nothing to tell, or nothing that may be told.
Json Percentiles(const Histogram& histogram, bool withheld) {
  Json json;
  for (const Percentile& each : kPercentiles) {
    const bool known = !withheld && histogram.Tells(each.percent);
    const double us = static_cast<double>(histogram.PercentileNs(each.percent)) / 1e3;
    json.Set(each.key, known ? Json(us) : Json());
  }
  const bool any = !withheld && histogram.count() > 0;
  json.Set("mean", any ? Json(histogram.MeanNs() / 1e3) : Json());
  return json;
}

template <typename Value>
requires std::constructible_from<Json, Value> Json Written(const Value& value) { return value; }

Json Written(const std::vector<std::string>& strings) {
  return Json::Array(strings.begin(), strings.end());
}

Json Written(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

template <HasNames Enum>
Json Written(Enum value) {
  return std::ranges::find(kNamesOf<Enum>, value, [](const auto& each) { return each.second; })
      ->first;
}

Json Written(const Errors& errors) {
  Json json{Json::Array()};
  for (const auto& [error, count] : errors) {
    json.Append(
        Json::Object{{"phase", PhaseName(error.first)}, {"error", error.second}, {"count", count}});
  }
  return json;
}

// The kinds of damage stand beside what else verification says.
std::string KeyOf(const DamageKind& kind) { return std::string(kind.name) + "_bytes"; }

template <HasFields Struct>
Json Written(const Struct& value);

template <HasFields Struct>
void WriteFields(const Struct& value, Json& json) {
  ForEachField<Struct>([&](const auto& field) {
    const auto& member = value.*field.member;
    if constexpr (std::same_as<std::decay_t<decltype(member)>, Damage>) {
      for (const DamageKind& kind : kDamageKinds) json.Set(KeyOf(kind), member.*kind.bytes);
    } else {
      json.Set(field.key, Written(member));
    }
  });
}

template <HasFields Struct>
Json Written(const Struct& value) {
  Json json;
  if constexpr (std::same_as<Struct, Verification>) json.Set("passed", value.Passed());
  WriteFields(value, json);
  return json;
}

// Of the report or a second of it.
template <typename Counted>
void WriteServiceLevel(const Options& options, const Counted& counted, bool withheld, Json& json) {
  const auto known = [&](const std::optional<double>& part) {
    return part && !withheld ? Json(*part) : Json();
  };
  json.Set("abandonment", known(Abandonment(options, counted)));
  json.Set("service_level", known(ServiceLevel(options, counted)));
}

Json WrittenTimeline(const Report& report, bool withheld) {
  Json timeline{Json::Array()};
  for (const Second* second : WholeTimeline(report)) {
    Json json;
    json.Set("second", timeline.AsArray().size());
    WriteFields(*second, json);
    WriteServiceLevel(report.options, *second, withheld, json);
    json.Set("latency_us", Percentiles(second->latency, withheld));
    json.Set("histogram", ToJson(second->latency));
    timeline.Append(std::move(json));
  }
  return timeline;
}

Json Written(const Bins& bins) {
  Json all{Json::Array()};
  for (const Bin& bin : bins.all()) {
    all.Append(Json::Object{{"errors", bin.errors}, {"histogram", ToJson(bin.latency)}});
  }
  return Json::Object{{"bin_ns", bins.bin_ns()}, {"bins", std::move(all)}};
}

Json WrittenSteps(const std::vector<SloStep>& steps, bool withheld) {
  Json json{Json::Array()};
  for (const SloStep& step : steps) {
    const double us = static_cast<double>(step.percentile_ns) / 1e3;
    json.Append(Json::Object{{"rate", step.rate},
                             {"reached_rate", step.reached_rate},
                             {"percentile_us", withheld || us == 0 ? Json() : Json(us)},
                             {"verdict", step.verdict},
                             {"outcome", Written(step.outcome)},
                             {"long", step.is_long}});
  }
  return json;
}

Json WrittenMachines(const std::vector<MergedRun>& machines, bool withheld) {
  const auto us = [&](const std::optional<int64_t>& ns) {
    return ns && !withheld ? Json(static_cast<double>(*ns) / 1e3) : Json();
  };
  Json json{Json::Array()};
  for (const MergedRun& machine : machines) {
    Json row = Written(machine);
    row.Set("messages_per_second", withheld ? Json() : Json(machine.messages_per_second));
    row.Set("p99_us", us(machine.p99_ns));
    row.Set("send_lag_p99_us", us(machine.send_lag_p99_ns));
    json.Append(std::move(row));
  }
  return json;
}

Json WrittenAnatomy(const std::optional<Anatomy>& anatomy) {
  if (!anatomy) return Json();
  Json json;
  json.Set("reads", anatomy->reads);
  json.Set("round_trip_us", anatomy->round_trip_ns / 1e3);
  for (const AnatomyPart& part : kAnatomyParts) {
    const bool known = part.ns != &Anatomy::write_ns || anatomy->write_known;
    const double us = *anatomy.*part.ns / 1e3;
    json.Set(std::string(part.key) + "_us", known ? Json(us) : Json());
  }
  json.Set("rest_us", anatomy->RestNs() / 1e3);
  return json;
}

// ---- Reading.

void Read(const Json& json, bool& to) { to = json.AsBool(); }
void Read(const Json& json, std::string& to) { to = json.AsString(); }

// None of a report's numbers is below 0.
void Read(const Json& json, double& to) {
  to = json.AsNumber();
  if (!(to >= 0)) throw std::invalid_argument("a number is below 0");
}

// Nothing, or any number.
void Read(const Json& json, std::optional<double>& to) {
  if (!json.IsNull()) to = json.AsNumber();
}

template <std::integral Whole>
void Read(const Json& json, Whole& to) {
  const uint64_t number = json.AsUnsigned();
  if (number > static_cast<uint64_t>(std::numeric_limits<Whole>::max())) {
    throw std::invalid_argument("the number " + std::to_string(number) + " is too large");
  }
  to = static_cast<Whole>(number);
}

void Read(const Json& json, std::vector<std::string>& to) {
  for (const Json& each : json.AsArray()) to.push_back(each.AsString());
}

template <HasNames Enum>
void Read(const Json& json, Enum& to) {
  for (const auto& [name, value] : kNamesOf<Enum>) {
    if (json.AsString() != name) continue;
    to = value;
    return;
  }
  throw std::invalid_argument("a report knows no '" + json.AsString() + "'");
}

Phase PhaseFromName(const std::string& name) {
  for (const Phase each : {Phase::kConnect, Phase::kSend, Phase::kReceive, Phase::kVerify}) {
    if (name == PhaseName(each)) return each;
  }
  throw std::invalid_argument("a report has no phase '" + name + "'");
}

void Read(const Json& json, Errors& to) {
  for (const Json& each : json.AsArray()) {
    to[{PhaseFromName(each["phase"].AsString()), each["error"].AsString()}] +=
        each["count"].AsUnsigned();
  }
}

void Read(const Json& json, Bins& to);

// Says of which member it is that it cannot be read.
template <typename Type>
void ReadMember(const Json& json, const std::string& key, Type& to) {
  const Json& member = json[key];
  try {
    Read(member, to);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("'" + key + "': " + error.what());
  }
}

template <HasFields Struct>
void ReadFields(const Json& json, int schema, Struct& to) {
  ForEachField<Struct>([&](const auto& field) {
    if (field.since > schema) return;
    auto& member = to.*field.member;
    if constexpr (HasFields<std::decay_t<decltype(member)>>) {
      ReadFields(json[field.key], schema, member);
    } else if constexpr (std::same_as<std::decay_t<decltype(member)>, Damage>) {
      for (const DamageKind& kind : kDamageKinds) {
        if (kind.since <= schema) ReadMember(json, KeyOf(kind), member.*kind.bytes);
      }
    } else {
      ReadMember(json, field.key, member);
    }
  });
}

std::vector<Second> ReadTimeline(const Json& json, int schema) {
  std::vector<Second> timeline;
  for (const Json& each : json.AsArray()) {
    timeline.emplace_back();
    ReadFields(each, schema, timeline.back());
    timeline.back().latency = HistogramFromJson(each["histogram"]);
  }
  return timeline;
}

void Read(const Json& json, Bins& to) {
  std::vector<Bin> bins;
  for (const Json& each : json["bins"].AsArray()) {
    Bin& bin = bins.emplace_back();
    ReadMember(each, "errors", bin.errors);
    bin.latency = HistogramFromJson(each["histogram"]);
  }
  to = Bins(json["bin_ns"].AsSigned(), std::move(bins));
}

std::vector<SloStep> ReadSteps(const Json& json, int schema) {
  std::vector<SloStep> steps;
  for (const Json& each : json.AsArray()) {
    SloStep& step = steps.emplace_back();
    const Json& us = each["percentile_us"];  // null where figures are withheld
    ReadMember(each, "rate", step.rate);
    ReadMember(each, "reached_rate", step.reached_rate);
    step.percentile_ns = us.IsNull() ? 0 : static_cast<int64_t>(us.AsNumber() * 1e3 + 0.5);
    ReadMember(each, "verdict", step.verdict);
    ReadMember(each, "outcome", step.outcome);
    if (schema >= 2) ReadMember(each, "long", step.is_long);
  }
  return steps;
}

std::vector<MergedRun> ReadMachines(const Json& json, int schema) {
  const auto nanoseconds = [](const Json& us) {
    return us.IsNull() ? std::nullopt
                       : std::optional(static_cast<int64_t>(us.AsNumber() * 1e3 + 0.5));
  };
  std::vector<MergedRun> machines;
  for (const Json& each : json.AsArray()) {
    MergedRun& machine = machines.emplace_back();
    const Json& rate = each["messages_per_second"];
    ReadFields(each, schema, machine);
    if (!rate.IsNull()) ReadMember(each, "messages_per_second", machine.messages_per_second);
    machine.p99_ns = nanoseconds(each["p99_us"]);
    machine.send_lag_p99_ns = nanoseconds(each["send_lag_p99_us"]);
  }
  return machines;
}

// Null where it was not asked for; missing in files of schemas before 4.
std::optional<Anatomy> ReadAnatomy(const Json* json) {
  if (json == nullptr || json->IsNull()) return std::nullopt;
  Anatomy anatomy;
  ReadMember(*json, "reads", anatomy.reads);
  const auto nanoseconds = [&](const std::string& key) {
    double us = 0;
    if (!(*json)[key].IsNull()) ReadMember(*json, key, us);
    return us * 1e3;
  };
  anatomy.round_trip_ns = nanoseconds("round_trip_us");
  for (const AnatomyPart& part : kAnatomyParts) {
    anatomy.*part.ns = nanoseconds(std::string(part.key) + "_us");
  }
  anatomy.write_known = !(*json)["write_us"].IsNull();
  return anatomy;
}

// The length of the window and the seconds say the same.
void CheckWindow(const Report& report) {
  constexpr double kMostSeconds = 2e6;  // twice as long as a run may be, for merged ones
  if (report.seconds > kMostSeconds) {
    throw std::invalid_argument(Format("its %.6g seconds are more than a run has", report.seconds));
  }
  const double window_s = report.window_end_s - report.window_start_s;
  if (report.window_end_s == 0 || std::abs(window_s - report.seconds) < 1) return;
  throw std::invalid_argument(
      Format("its window is %.6g s long and its figures are of %.6g s", window_s, report.seconds));
}

int SchemaOf(const Json& json) {
  const Json* const schema = json.IsObject() ? json.Find("schema") : nullptr;
  if (schema == nullptr) throw std::invalid_argument("this is no report: it has no schema");
  std::string name;
  ReadMember(json, "schema", name);
  for (size_t i = 0; i < std::size(kSchemas); ++i) {
    if (name == kSchemas[i]) return static_cast<int>(i + 1);
  }
  throw std::invalid_argument("its schema is '" + name + "', and only " + kSchemas[0] + " to " +
                              kSchemas[kSchema - 1] + " are understood");
}

}  // namespace

Json ToJson(const Histogram& histogram) {
  Json::Array buckets;
  for (const auto& [index, count] : histogram.ToSparse()) {
    buckets.push_back(Json::Array{index, count});
  }
  return Json::Object{{"precision_bits", histogram.precision_bits()},
                      {"count", histogram.count()},
                      {"below", histogram.below()},
                      {"above", histogram.above()},
                      {"sum_ns", histogram.sum_ns()},
                      {"min_ns", histogram.min_ns()},
                      {"max_ns", histogram.max_ns()},
                      {"buckets", std::move(buckets)}};
}

Histogram HistogramFromJson(const Json& json) {
  Histogram::Sparse buckets;
  for (const Json& each : json["buckets"].AsArray()) {
    const Json::Array& pair = each.AsArray();
    if (pair.size() != 2) throw std::invalid_argument("a bucket is not [index, count]");
    buckets.emplace_back(
        static_cast<uint32_t>(std::min<uint64_t>(pair[0].AsUnsigned(), UINT32_MAX)),
        pair[1].AsUnsigned());
  }
  Histogram histogram = Histogram::FromSparse(
      static_cast<int>(std::min<uint64_t>(json["precision_bits"].AsUnsigned(), 64)), buckets,
      json["below"].AsUnsigned(), json["above"].AsUnsigned(), json["sum_ns"].AsSigned(),
      json["min_ns"].AsSigned(), json["max_ns"].AsSigned());
  if (histogram.count() != json["count"].AsUnsigned()) {
    throw std::invalid_argument("a histogram's buckets do not add up to its count");
  }
  return histogram;
}

Json ToJson(const Options& options) { return Written(options); }

Json ToJson(const Machine& machine) { return Written(machine); }

Json ToJson(const Report& report) {
  const bool withheld = !report.verification.Passed();
  Json json;
  json.Set("schema", kSchemas[kSchema - 1]);
  json.Set("verdict", report.verdict);
  json.Set("reasons", Written(report.reasons));
  json.Set("warnings", Written(report.warnings));
  json.Set("messages_per_second", withheld ? Json() : Json(report.MessagesPerSecond()));
  WriteServiceLevel(report.options, report, withheld, json);
  for (const HistogramField& each : kHistograms) {
    json.Set(std::string(each.key) + "_us",
             Percentiles(report.*each.member, withheld && !each.of_generator));
  }
  WriteCertainty(report, withheld, json);
  WriteFields(report, json);
  json.Set("anatomy", withheld ? Json() : WrittenAnatomy(report.anatomy));
  json.Set("config", ToJson(report.options));
  json.Set("machine", ToJson(report.machine));
  json.Set("machines", WrittenMachines(report.machines, withheld));
  json.Set("slo_steps", WrittenSteps(report.slo_steps, withheld));
  json.Set("timeline", WrittenTimeline(report, withheld));
  json.Set("bins", Written(report.bins));
  Json histograms;
  for (const HistogramField& each : kHistograms) {
    histograms.Set(each.key, ToJson(report.*each.member));
  }
  json.Set("histograms", std::move(histograms));
  return json;
}

Report FromJson(const Json& json) {
  const int schema = SchemaOf(json);
  Report report;
  ReadMember(json, "verdict", report.verdict);
  ReadMember(json, "reasons", report.reasons);
  ReadMember(json, "warnings", report.warnings);
  ReadFields(json, schema, report);
  if (schema < 5) {  // as if the thread that waited most were also the busiest
    report.generator.busiest_waiting_share = report.generator.waiting_share;
  }
  ReadFields(json["config"], schema, report.options);
  ReadFields(json["machine"], schema, report.machine);
  CheckWindow(report);
  if (schema >= 3) report.machines = ReadMachines(json["machines"], schema);
  report.slo_steps = ReadSteps(json["slo_steps"], schema);
  report.timeline = ReadTimeline(json["timeline"], schema);
  if (schema >= 3) ReadMember(json, "bins", report.bins);
  for (const HistogramField& each : kHistograms) {
    if (each.since > schema) continue;
    report.*each.member = HistogramFromJson(json["histograms"][each.key]);
  }
  report.anatomy = ReadAnatomy(json.Find("anatomy"));
  ReadCertainty(json, report);
  return report;
}

}  // namespace switchboard::load
