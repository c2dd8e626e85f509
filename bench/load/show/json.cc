#include "bench/load/show/json.h"

#include <algorithm>
#include <stdexcept>

namespace switchboard::load {
namespace {

// Nulls where there is nothing to tell, or nothing that may be told.
Json Percentiles(const Histogram& histogram, bool withheld) {
  Json json;
  for (const Percentile& each : kPercentiles) {
    const bool known = !withheld && histogram.count() > 0;
    const double us = static_cast<double>(histogram.PercentileNs(each.percent)) / 1e3;
    json.Set(each.key, known ? Json(us) : Json());
  }
  return json;
}

const char* ArrivalsName(Arrivals arrivals) {
  return arrivals == Arrivals::kPoisson ? "poisson" : "uniform";
}

const char* GreetingName(Greeting greeting) {
  switch (greeting) {
    case Greeting::kAuto:
      return "auto";
    case Greeting::kNone:
      return "none";
    case Greeting::kText:
      return "text";
  }
  return "";
}

Json ToJson(const Options& options) {
  Json json;
  json.Set("target", options.target);
  json.Set("connections", options.connections);
  json.Set("threads", options.threads);
  json.Set("min_size_bytes", options.min_size_bytes);
  json.Set("max_size_bytes", options.max_size_bytes);
  json.Set("duration_s", options.duration_s);
  json.Set("messages", options.messages);
  json.Set("warmup_s", options.warmup_s);
  json.Set("depth", options.depth);
  json.Set("rate", options.rate);
  json.Set("arrivals", ArrivalsName(options.arrivals));
  json.Set("connect_rate", options.connect_rate);
  json.Set("calls_per_second", options.calls_per_second);
  json.Set("messages_per_call", options.messages_per_call);
  json.Set("sources", Json::Array(options.sources.begin(), options.sources.end()));
  json.Set("source_auto", options.source_auto);
  json.Set("greeting", GreetingName(options.greeting));
  json.Set("slo_percentile", options.slo_percentile);
  json.Set("slo_limit_ns", options.slo_limit_ns);
  json.Set("seed", options.seed);
  return json;
}

Options OptionsFromJson(const Json& json) {
  Options options;
  options.target = json["target"].AsString();
  options.connections = static_cast<int>(json["connections"].AsUnsigned());
  options.threads = static_cast<int>(json["threads"].AsUnsigned());
  options.min_size_bytes = static_cast<uint32_t>(json["min_size_bytes"].AsUnsigned());
  options.max_size_bytes = static_cast<uint32_t>(json["max_size_bytes"].AsUnsigned());
  options.duration_s = json["duration_s"].AsNumber();
  options.messages = json["messages"].AsUnsigned();
  options.warmup_s = json["warmup_s"].AsNumber();
  options.depth = static_cast<int>(json["depth"].AsUnsigned());
  options.rate = json["rate"].AsNumber();
  const bool poisson = json["arrivals"].AsString() == ArrivalsName(Arrivals::kPoisson);
  options.arrivals = poisson ? Arrivals::kPoisson : Arrivals::kUniform;
  options.connect_rate = json["connect_rate"].AsNumber();
  options.calls_per_second = json["calls_per_second"].AsNumber();
  options.messages_per_call = json["messages_per_call"].AsUnsigned();
  for (const Json& source : json["sources"].AsArray()) options.sources.push_back(source.AsString());
  options.source_auto = json["source_auto"].AsBool();
  for (const Greeting each : {Greeting::kAuto, Greeting::kNone, Greeting::kText}) {
    if (json["greeting"].AsString() == GreetingName(each)) options.greeting = each;
  }
  options.slo_percentile = json["slo_percentile"].AsNumber();
  options.slo_limit_ns = json["slo_limit_ns"].AsSigned();
  options.seed = json["seed"].AsUnsigned();
  return options;
}

Json ToJson(const Machine& machine) {
  Json json;
  json.Set("host", machine.host);
  json.Set("kernel", machine.kernel);
  json.Set("cpu", machine.cpu);
  json.Set("cpus", machine.cpus);
  json.Set("compiler", machine.compiler);
  json.Set("version", machine.version);
  json.Set("started_at", machine.started_at);
  return json;
}

Machine MachineFromJson(const Json& json) {
  return {.host = json["host"].AsString(),
          .kernel = json["kernel"].AsString(),
          .cpu = json["cpu"].AsString(),
          .cpus = static_cast<int>(json["cpus"].AsUnsigned()),
          .compiler = json["compiler"].AsString(),
          .version = json["version"].AsString(),
          .started_at = json["started_at"].AsString()};
}

Json ToJson(const Errors& errors) {
  Json json{Json::Array()};
  for (const auto& [error, count] : errors) {
    json.Append(
        Json::Object{{"phase", PhaseName(error.first)}, {"error", error.second}, {"count", count}});
  }
  return json;
}

Phase PhaseFromName(const std::string& name) {
  for (const Phase each : {Phase::kConnect, Phase::kSend, Phase::kReceive, Phase::kVerify}) {
    if (name == PhaseName(each)) return each;
  }
  throw std::invalid_argument("a report has no phase '" + name + "'");
}

Errors ErrorsFromJson(const Json& json) {
  Errors errors;
  for (const Json& each : json.AsArray()) {
    errors[{PhaseFromName(each["phase"].AsString()), each["error"].AsString()}] +=
        each["count"].AsUnsigned();
  }
  return errors;
}

Json ToJson(const Verification& verification) {
  const Damage& damage = verification.damage;
  return Json::Object{{"passed", verification.Passed()},
                      {"verified_bytes", verification.verified_bytes},
                      {"bad_connections", verification.bad_connections},
                      {"lost_bytes", damage.lost},
                      {"duplicated_bytes", damage.duplicated},
                      {"reordered_bytes", damage.reordered},
                      {"corrupted_bytes", damage.corrupted},
                      {"foreign_bytes", damage.foreign}};
}

Verification VerificationFromJson(const Json& json) {
  return {.verified_bytes = json["verified_bytes"].AsUnsigned(),
          .bad_connections = json["bad_connections"].AsUnsigned(),
          .damage = {.lost = json["lost_bytes"].AsUnsigned(),
                     .duplicated = json["duplicated_bytes"].AsUnsigned(),
                     .reordered = json["reordered_bytes"].AsUnsigned(),
                     .corrupted = json["corrupted_bytes"].AsUnsigned(),
                     .foreign = json["foreign_bytes"].AsUnsigned()}};
}

Json TimelineToJson(const Report& report, bool withheld) {
  Json json{Json::Array()};
  const std::vector<const Second*> timeline = WholeTimeline(report);
  for (size_t i = 0; i < timeline.size(); ++i) {
    const Second& second = *timeline[i];
    json.Append(Json::Object{{"second", i},
                             {"messages", second.messages},
                             {"bytes", second.bytes},
                             {"errors", second.errors},
                             {"latency_us", Percentiles(second.latency, withheld)},
                             {"histogram", ToJson(second.latency)}});
  }
  return json;
}

std::vector<Second> TimelineFromJson(const Json& json) {
  std::vector<Second> timeline;
  for (const Json& each : json.AsArray()) {
    timeline.push_back({.messages = each["messages"].AsUnsigned(),
                        .bytes = each["bytes"].AsUnsigned(),
                        .errors = each["errors"].AsUnsigned(),
                        .latency = HistogramFromJson(each["histogram"])});
  }
  return timeline;
}

Json ToJson(const Generator& generator) {
  return Json::Object{{"busy_share", generator.busy_share},
                      {"waiting_share", generator.waiting_share},
                      {"cpu_s", generator.cpu_s},
                      {"intended", generator.intended},
                      {"intended_calls", generator.intended_calls},
                      {"not_offered", generator.not_offered},
                      {"unanswered", generator.unanswered},
                      {"calls", generator.calls},
                      {"connections_open", generator.connections_open},
                      {"mean_in_flight", generator.mean_in_flight},
                      {"mean_in_flight_by_law", generator.mean_in_flight_by_law}};
}

Generator GeneratorFromJson(const Json& json) {
  return {.busy_share = json["busy_share"].AsNumber(),
          .waiting_share = json["waiting_share"].AsNumber(),
          .cpu_s = json["cpu_s"].AsNumber(),
          .intended = json["intended"].AsUnsigned(),
          .intended_calls = json["intended_calls"].AsUnsigned(),
          .not_offered = json["not_offered"].AsUnsigned(),
          .unanswered = json["unanswered"].AsUnsigned(),
          .calls = json["calls"].AsUnsigned(),
          .connections_open = static_cast<int>(json["connections_open"].AsUnsigned()),
          .mean_in_flight = json["mean_in_flight"].AsNumber(),
          .mean_in_flight_by_law = json["mean_in_flight_by_law"].AsNumber()};
}

constexpr std::pair<const char*, StepOutcome> kOutcomes[] = {
    {"met", StepOutcome::kMet},
    {"missed", StepOutcome::kMissed},
    {"not measured", StepOutcome::kNotMeasured}};

const char* OutcomeName(StepOutcome outcome) {
  return std::ranges::find(kOutcomes, outcome, &std::pair<const char*, StepOutcome>::second)->first;
}

StepOutcome OutcomeFromName(const std::string& name) {
  for (const auto& [known, outcome] : kOutcomes) {
    if (name == known) return outcome;
  }
  throw std::invalid_argument("a step has no outcome '" + name + "'");
}

Json ToJson(const std::vector<SloStep>& steps, bool withheld) {
  Json json{Json::Array()};
  for (const SloStep& step : steps) {
    const double us = static_cast<double>(step.percentile_ns) / 1e3;
    json.Append(Json::Object{{"rate", step.rate},
                             {"reached_rate", step.reached_rate},
                             {"percentile_us", withheld ? Json() : Json(us)},
                             {"verdict", step.verdict},
                             {"outcome", OutcomeName(step.outcome)}});
  }
  return json;
}

std::vector<SloStep> SloStepsFromJson(const Json& json) {
  std::vector<SloStep> steps;
  for (const Json& each : json.AsArray()) {
    const Json& us = each["percentile_us"];  // null where figures are withheld
    steps.push_back(
        {.rate = each["rate"].AsNumber(),
         .reached_rate = each["reached_rate"].AsNumber(),
         .percentile_ns = us.IsNull() ? 0 : static_cast<int64_t>(us.AsNumber() * 1e3 + 0.5),
         .verdict = each["verdict"].AsString(),
         .outcome = OutcomeFromName(each["outcome"].AsString())});
  }
  return steps;
}

Json Strings(const std::vector<std::string>& strings) {
  return Json::Array(strings.begin(), strings.end());
}

std::vector<std::string> StringsFromJson(const Json& json) {
  std::vector<std::string> strings;
  for (const Json& each : json.AsArray()) strings.push_back(each.AsString());
  return strings;
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

Json ToJson(const Report& report) {
  const bool withheld = !report.verification.Passed();
  Json json;
  json.Set("schema", Report::kSchema);
  json.Set("verdict", report.verdict);
  json.Set("reasons", Strings(report.reasons));
  json.Set("warnings", Strings(report.warnings));
  json.Set("interrupted", report.interrupted);
  json.Set("seconds", report.seconds);
  json.Set("messages", report.messages);
  json.Set("messages_per_second", withheld ? Json() : Json(report.MessagesPerSecond()));
  json.Set("bytes", report.bytes);
  json.Set("latency_us", Percentiles(report.latency, withheld));
  json.Set("naive_latency_us", Percentiles(report.naive_latency, withheld));
  json.Set("connect_us", Percentiles(report.connect, withheld));
  json.Set("send_lag_us", Percentiles(report.send_lag, false));
  json.Set("errors", ToJson(report.errors));
  json.Set("verification", ToJson(report.verification));
  json.Set("generator", ToJson(report.generator));
  json.Set("config", ToJson(report.options));
  json.Set("machine", ToJson(report.machine));
  json.Set("slo_steps", ToJson(report.slo_steps, withheld));
  json.Set("timeline", TimelineToJson(report, withheld));
  json.Set("histograms", Json::Object{{"latency", ToJson(report.latency)},
                                      {"naive_latency", ToJson(report.naive_latency)},
                                      {"connect", ToJson(report.connect)},
                                      {"send_lag", ToJson(report.send_lag)}});
  return json;
}

Report FromJson(const Json& json) {
  if (!json.IsObject() || json["schema"].AsString() != Report::kSchema) {
    throw std::invalid_argument(std::string("this is no report of the schema ") + Report::kSchema);
  }
  Report report;
  report.verdict = json["verdict"].AsString();
  report.reasons = StringsFromJson(json["reasons"]);
  report.warnings = StringsFromJson(json["warnings"]);
  report.interrupted = json["interrupted"].AsBool();
  report.seconds = json["seconds"].AsNumber();
  report.messages = json["messages"].AsUnsigned();
  report.bytes = json["bytes"].AsUnsigned();
  report.errors = ErrorsFromJson(json["errors"]);
  report.verification = VerificationFromJson(json["verification"]);
  report.generator = GeneratorFromJson(json["generator"]);
  report.options = OptionsFromJson(json["config"]);
  report.machine = MachineFromJson(json["machine"]);
  report.slo_steps = SloStepsFromJson(json["slo_steps"]);
  report.timeline = TimelineFromJson(json["timeline"]);
  const Json& histograms = json["histograms"];
  report.latency = HistogramFromJson(histograms["latency"]);
  report.naive_latency = HistogramFromJson(histograms["naive_latency"]);
  report.connect = HistogramFromJson(histograms["connect"]);
  report.send_lag = HistogramFromJson(histograms["send_lag"]);
  return report;
}

}  // namespace switchboard::load
