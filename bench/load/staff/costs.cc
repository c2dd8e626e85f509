#include "bench/load/staff/costs.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include "bench/load/base/units.h"

namespace switchboard::load {
namespace {

constexpr const char* kSchema = "switchboard-costs/2";
constexpr const char* kPacePiece = "pace_piece_ns";
constexpr const char* kPacePercents = "pace_percents";
constexpr double kMostPercent = 1e6, kLeastPiece = 1e3, kMostPiece = 1e9;
constexpr double kMostCpus = 1024, kMostCost = 1e9;
constexpr double kMostMeanPace = 1.5;  // beside the median, of a host that has nothing else to do
constexpr double kMostThroughputError = 0.10, kMostP99Error = 0.20;

template <typename Of, typename Value = double>
struct Field {
  const char* key;
  Value Of::*member;
  const char* meaning;  // for people; nullptr: of no interest to them
};

constexpr Field<Costs> kCosts[] = {
    {"cpus", &Costs::cpus, nullptr},
    {"read_ns", &Costs::read, "read of a message"},
    {"read_byte_ns", &Costs::read_byte, "for each of its bytes"},
    {"write_ns", &Costs::write, "write of a message, with its way to the other end"},
    {"write_byte_ns", &Costs::write_byte, "for each of its bytes"},
    {"read_cold_ns", &Costs::read_cold, "a read where there are very many callers, besides"},
    {"write_cold_ns", &Costs::write_cold, "a write, the same"},
    {"cold_callers", &Costs::cold_callers, nullptr},
    {"poll_ns", &Costs::poll, "a round of epoll"},
    {"poll_event_ns", &Costs::poll_event, "for each of its events"},
    {"wake_ns", &Costs::wake, "waking a thread on another CPU, for who does it"},
    {"hand_over_ns", &Costs::hand_over, "waking the next thread on the same CPU"},
    {"accept_ns", &Costs::accept, "a caller's coming and going"},
    {"job_ns", &Costs::job, "a message's queues and books"},
    {"client_ns", &Costs::client, "what the load generator does with a message"},
    {"client_byte_ns", &Costs::client_byte, "for each of its bytes"},
};

constexpr Field<Costs, Spread> kWaits[] = {
    {"wake_delay_ns", &Costs::wake_delay, "from waking a thread on another CPU until it runs"},
    {"nap_delay_ns", &Costs::nap_delay, "the same, if that CPU has been idle for a while"},
    {"timer_delay_ns", &Costs::timer_delay, "how late a sleep ends"},
};

constexpr Field<ComparedRun> kCompared[] = {
    {"callers", &ComparedRun::callers, nullptr},
    {"rate", &ComparedRun::rate, nullptr},
    {"workers", &ComparedRun::workers, nullptr},
    {"size_bytes", &ComparedRun::size_bytes, nullptr},
    {"service_us", &ComparedRun::service_us, nullptr},
    {"processes", &ComparedRun::processes, nullptr},
    {"measured_per_second", &ComparedRun::measured_per_second, nullptr},
    {"simulated_per_second", &ComparedRun::simulated_per_second, nullptr},
    {"measured_p99_us", &ComparedRun::measured_p99_us, nullptr},
    {"simulated_p99_us", &ComparedRun::simulated_p99_us, nullptr},
};

std::invalid_argument Refusal(const char* key, const std::string& what) {
  return std::invalid_argument(std::string("'") + key + "' " + what);
}

template <typename Of, size_t count>
Json::Object Write(const Field<Of> (&fields)[count], const Of& of) {
  Json::Object object;
  for (const Field<Of>& field : fields) object.emplace_back(field.key, of.*field.member);
  return object;
}

template <typename Values>
Json ArrayOf(const Values& values) {
  Json array{Json::Array()};
  for (const auto& value : values) array.Append(value);
  return array;
}

template <typename Of, size_t count>
void Read(const Field<Of> (&fields)[count], const Json& json, Of& of) {
  for (const Field<Of>& field : fields) {
    const double value = json[field.key].AsNumber();
    if (!(value >= 0)) throw Refusal(field.key, "is below 0");
    of.*field.member = value;
  }
}

Spread ReadSpread(const char* key, const Json& json) {
  std::vector<double> quantiles;
  for (const Json& value : json[key].AsArray()) quantiles.push_back(value.AsNumber());
  try {
    return Spread::OfQuantiles(quantiles);
  } catch (const std::invalid_argument& error) {
    throw Refusal(key, error.what());
  }
}

PaceRecord ReadPace(const Json& json) {
  PaceRecord pace{.piece = json[kPacePiece].AsNumber()};
  for (const Json& cpu : json[kPacePercents].AsArray()) {
    std::vector<int>& percents = pace.percents.emplace_back();
    for (const Json& value : cpu.AsArray()) {
      const double percent = value.AsNumber();
      if (!(percent >= 1)) throw Refusal(kPacePercents, "has a value below 1");
      percents.push_back(static_cast<int>(std::min(percent, kMostPercent)));
    }
    if (percents.empty()) throw Refusal(kPacePercents, "has a CPU without values");
  }
  if (!pace.percents.empty() && !(pace.piece >= kLeastPiece && pace.piece <= kMostPiece)) {
    throw Refusal(kPacePiece, "is not from 1 us to 1 s");
  }
  return pace;
}

std::string PaceText(const PaceRecord& pace) {
  if (pace.percents.empty()) return "";
  const Spread spread = Spread::Of(pace.All());
  std::string text = Format("%8.0f ns  a piece of work with all CPUs busy; one in 100: %.0f\n",
                            pace.piece, pace.piece * spread.At(0.99) / 100);
  if (!pace.HadOthers()) return text;
  return text + Format(
                    "warning: with all CPUs busy a piece took %.1f times as long in the mean: "
                    "others had them meanwhile,\nwhich a plan takes for what is usual; calibrate "
                    "again when nothing else runs\n",
                    pace.Mean());
}

std::string ReadText(const std::string& path) {
  constexpr const char* kUnreadable = "it cannot be read";
  std::ifstream file(path);
  if (!file) throw std::invalid_argument(kUnreadable);
  try {
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  } catch (const std::ios_base::failure&) {  // a folder, which opens
    throw std::invalid_argument(kUnreadable);
  }
}

}  // namespace

std::vector<double> PaceRecord::All() const {
  std::vector<double> all;
  for (const std::vector<int>& cpu : percents) all.insert(all.end(), cpu.begin(), cpu.end());
  return all;
}

double PaceRecord::Mean() const {
  const std::vector<double> all = All();
  if (all.empty()) return 1;
  return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size()) / 100;
}

bool PaceRecord::HadOthers() const { return Mean() > kMostMeanPace; }

bool ComparedRun::Holds() const {
  return std::abs(ThroughputError()) <= kMostThroughputError &&
         std::abs(P99Error()) <= kMostP99Error;
}

double Costs::Coldness(double callers) const {
  if (cold_callers <= kWarmCallers || callers <= kWarmCallers) return 0;
  return std::min(1.0, std::log(callers / kWarmCallers) / std::log(cold_callers / kWarmCallers));
}

std::string ToText(const Costs& costs) {
  std::string text =
      costs.cpu_model + ", " + Format("%.0f", costs.cpus) + " CPUs, " + costs.kernel + "\n\n";
  for (const Field<Costs>& field : kCosts) {
    if (field.meaning == nullptr) continue;
    const bool of_a_byte = std::string_view(field.key).ends_with("_byte_ns");
    text += (of_a_byte ? Format("%8.3f ns", costs.*field.member)
                       : Format("%8.0f ns", costs.*field.member)) +
            "  " + field.meaning + "\n";
  }
  for (const auto& [key, member, meaning] : kWaits) {
    const Spread& wait = costs.*member;
    text += Format("%8.0f ns  %s; one in 100: %.0f\n", wait.Median(), meaning, wait.At(0.99));
  }
  return text + PaceText(costs.pace);
}

Json ToJson(const Costs& costs) {
  Json json{Json::Object{{"schema", kSchema},
                         {"host", costs.host},
                         {"kernel", costs.kernel},
                         {"cpu_model", costs.cpu_model}}};
  for (auto& [key, value] : Write(kCosts, costs)) json.Set(key, value);
  json.Set("percents", ArrayOf(Spread::kPercents));  // for people: of the quantiles that follow
  for (const auto& [key, member, meaning] : kWaits) {
    json.Set(key, ArrayOf((costs.*member).quantiles()));
  }
  json.Set(kPacePiece, costs.pace.piece);
  Json paces{Json::Array()};
  for (const std::vector<int>& percents : costs.pace.percents) paces.Append(ArrayOf(percents));
  json.Set(kPacePercents, std::move(paces));
  Json compared{Json::Array()};
  for (const ComparedRun& each : costs.compared) {
    Json row = Write(kCompared, each);
    row.Set("cpu_service", each.cpu_service);
    compared.Append(std::move(row));
  }
  json.Set("compared", std::move(compared));
  return json;
}

Costs CostsFromJson(const Json& json) {
  if (json["schema"].AsString() != kSchema) {
    throw std::invalid_argument("its schema is '" + json["schema"].AsString() + "', not '" +
                                kSchema + "'");
  }
  Costs costs;
  costs.host = json["host"].AsString();
  costs.kernel = json["kernel"].AsString();
  costs.cpu_model = json["cpu_model"].AsString();
  Read(kCosts, json, costs);
  if (costs.cpus < 1 || costs.cpus > kMostCpus || costs.cpus != std::floor(costs.cpus)) {
    throw Refusal("cpus", "is no whole number from 1 to 1024");
  }
  for (const Field<Costs>& field : kCosts) {
    if (costs.*field.member > kMostCost) throw Refusal(field.key, "is above 1 s");
  }
  for (const auto& field : kWaits) costs.*field.member = ReadSpread(field.key, json);
  costs.pace = ReadPace(json);
  for (const Json& row : json["compared"].AsArray()) {
    ComparedRun& each = costs.compared.emplace_back();
    Read(kCompared, row, each);
    each.cpu_service = row["cpu_service"].AsBool();
  }
  return costs;
}

Costs ReadCosts(const std::string& path) {
  try {
    return CostsFromJson(Json::Parse(ReadText(path)));
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error("cannot take costs from '" + path + "': " + error.what() +
                             "; write it with switchboard-load staff calibrate --json FILE");
  }
}

}  // namespace switchboard::load
