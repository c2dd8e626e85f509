#include "bench/load/show/certainty_json.h"

#include <algorithm>
#include <climits>

#include "bench/load/measure/certainty.h"
#include "bench/load/measure/histogram.h"

namespace switchboard::load {
namespace {

// In us; null where it is not known.
Json Microseconds(int64_t ns, bool withheld) {
  return withheld || ns == 0 ? Json() : Json(static_cast<double>(ns) / 1e3);
}
int64_t Nanoseconds(const Json& us) {
  return us.IsNull() ? 0 : static_cast<int64_t>(us.AsNumber() * 1e3 + 0.5);
}

Json WrittenIntervals(const Report& report, bool withheld) {
  Json json;
  for (const Percentile& each : kPercentiles) {
    if (each.percent == 100) continue;
    const LatencyInterval* const found = report.certainty.Of(each.percent);
    const LatencyInterval interval = found != nullptr ? *found : LatencyInterval();
    json.Set(each.key, Json::Object{{"low", Microseconds(interval.low_ns, withheld)},
                                    {"high", Microseconds(interval.high_ns, withheld)}});
  }
  return json;
}

Json WrittenUntil(const Report& report, bool withheld) {
  Json json{Json::Array()};
  for (const Wish& wish : report.options.until) {
    const LatencyInterval* const found = report.certainty.Of(wish.percent);
    const LatencyInterval interval = found != nullptr ? *found : LatencyInterval();
    const bool known = interval.Known() && !withheld;
    json.Append(Json::Object{{"percentile", wish.percent},
                             {"within", wish.within},
                             {"known_to", known ? Json(interval.Width()) : Json()},
                             {"latency_us", Microseconds(interval.value_ns, withheld)},
                             {"low_us", Microseconds(interval.low_ns, withheld)},
                             {"high_us", Microseconds(interval.high_ns, withheld)}});
  }
  return json;
}

Json WrittenCertainty(const Report& report, bool withheld) {
  const Certainty& certainty = report.certainty;
  return Json::Object{
      {"confidence", kIntervalConfidence},
      {"method", kIntervalMethod},
      {"batches", certainty.batches},
      {"batch_s", certainty.batch_s},
      {"dependent", certainty.dependent},
      {"drift",
       Json::Object{{"found", certainty.drift.found},
                    {"percentile", certainty.drift.percent},
                    {"first_quarter_us", Microseconds(certainty.drift.first_ns, withheld)},
                    {"last_quarter_us", Microseconds(certainty.drift.last_ns, withheld)}}}};
}

void ReadInterval(double percent, int64_t value_ns, const Json& low_us, const Json& high_us,
                  Certainty& certainty) {
  if (certainty.Of(percent) != nullptr || (low_us.IsNull() && high_us.IsNull())) return;
  certainty.intervals.push_back({percent, value_ns, Nanoseconds(low_us), Nanoseconds(high_us)});
}

}  // namespace

void WriteCertainty(const Report& report, bool withheld, Json& json) {
  json.Set("latency_interval_us", WrittenIntervals(report, withheld));
  json.Set("certainty", WrittenCertainty(report, withheld));
  json.Set("until", WrittenUntil(report, withheld));
}

void ReadCertainty(const Json& json, Report& report) {
  const Json* const found = json.Find("certainty");
  if (found == nullptr) return;
  Certainty& certainty = report.certainty;
  certainty.batches =
      static_cast<int>(std::min<uint64_t>((*found)["batches"].AsUnsigned(), INT_MAX));
  certainty.batch_s = (*found)["batch_s"].AsNumber();
  certainty.dependent = (*found)["dependent"].AsBool();
  const Json& drift = (*found)["drift"];
  certainty.drift.found = drift["found"].AsBool();
  certainty.drift.percent = drift["percentile"].AsNumber();
  certainty.drift.first_ns = Nanoseconds(drift["first_quarter_us"]);
  certainty.drift.last_ns = Nanoseconds(drift["last_quarter_us"]);
  for (const Percentile& each : kPercentiles) {
    if (each.percent == 100) continue;
    const Json& interval = json["latency_interval_us"][each.key];
    ReadInterval(each.percent, report.latency.PercentileNs(each.percent), interval["low"],
                 interval["high"], certainty);
  }
  for (const Json& each : json["until"].AsArray()) {
    const Wish wish{each["percentile"].AsNumber(), each["within"].AsNumber()};
    report.options.until.push_back(wish);
    ReadInterval(wish.percent, Nanoseconds(each["latency_us"]), each["low_us"], each["high_us"],
                 certainty);
  }
}

}  // namespace switchboard::load
