#include "bench/load/status/server_figures.h"

#include <algorithm>
#include <stdexcept>

#include "bench/load/base/json.h"
#include "bench/load/status/times.h"

namespace switchboard::load {
namespace {

TimeHistogram ParseTimes(const Json& json) {
  TimeHistogram times;
  times.sum_ns = json["sum_ns"].AsUnsigned();
  for (const Json& pair : json["steps"].AsArray()) {
    const Json::Array& step = pair.AsArray();
    if (step.size() != 2 || step[0].AsUnsigned() >= times.counts.size()) {
      throw std::invalid_argument("a step of a histogram is not known");
    }
    times.counts[step[0].AsUnsigned()] = step[1].AsUnsigned();
  }
  if (times.count() != json["count"].AsUnsigned()) {
    throw std::invalid_argument("the steps of a histogram are not its count");
  }
  return times;
}

// Nothing if the server does not know of it.
TimeHistogram ParseTimesIfAny(const Json& json, std::string_view key) {
  const Json* const times = json.Find(key);
  return times == nullptr ? TimeHistogram() : ParseTimes(*times);
}

ServiceFigures ParseService(const Json& json) {
  return {.name = json["name"].AsString(),
          .pool = json["pool"].AsString(),
          .reads = json["reads"].AsUnsigned(),
          .times = ParseTimes(json["service_time"]),
          .writes = ParseTimesIfAny(json, "write_time")};
}

PoolFigures ParsePool(const Json& json) {
  return {.name = json["name"].AsString(),
          .workers = json["workers"].AsUnsigned(),
          .busy = json["busy"].AsUnsigned(),
          .queued = json["queued"].AsUnsigned(),
          .waits = ParseTimes(json["queue_wait"]),
          .reactor = ParseTimesIfAny(json, "reactor_time")};
}

// `subtract` of each that `after` has and the one of the same name in `before`.
template <typename Figures, typename Subtract>
void SubtractEach(std::vector<Figures>& after, const std::vector<Figures>& before,
                  Subtract subtract) {
  bool are_same = after.size() == before.size();
  for (Figures& figures : after) {
    const auto earlier = std::ranges::find(before, figures.name, &Figures::name);
    are_same = are_same && earlier != before.end();
    if (!are_same) break;
    subtract(figures, *earlier);
  }
  if (!are_same) {
    throw std::runtime_error("the server has other services than before; was it started anew?");
  }
}

}  // namespace

ServerFigures ParseServerFigures(std::string_view status_json) {
  const Json json = Json::Parse(status_json);
  ServerFigures figures;
  for (const Json& each : json["services"].AsArray()) {
    figures.services.push_back(ParseService(each));
  }
  for (const Json& each : json["pools"].AsArray()) figures.pools.push_back(ParsePool(each));
  return figures;
}

ServerFigures Difference(const ServerFigures& after, const ServerFigures& before) {
  ServerFigures difference = after;
  SubtractEach(difference.services, before.services,
               [](ServiceFigures& service, const ServiceFigures& earlier) {
                 service.times = Difference(service.times, earlier.times);
                 service.writes = Difference(service.writes, earlier.writes);
                 service.reads -= std::min(service.reads, earlier.reads);
               });
  SubtractEach(difference.pools, before.pools, [](PoolFigures& pool, const PoolFigures& earlier) {
    pool.waits = Difference(pool.waits, earlier.waits);
    pool.reactor = Difference(pool.reactor, earlier.reactor);
  });
  return difference;
}

}  // namespace switchboard::load
