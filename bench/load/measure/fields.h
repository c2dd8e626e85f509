// The fields of a report, each in one row: its key in the JSON and how the fields of two parts of
// one measurement become one. Writing, reading, adding threads and adding machines all go by these
// tables, so that a new figure is a member, a row here, the place that counts it and the one that
// shows it. Constant; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MEASURE_FIELDS_H_
#define SWITCHBOARD_BENCH_LOAD_MEASURE_FIELDS_H_

#include <array>
#include <tuple>
#include <utility>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// Of two parts; kFirst keeps that of the first, for what both have in common or neither adds to.
// kOfBusiest goes with the larger busy_share, see combine.cc.
enum class Combined { kSum, kLargest, kSmallest, kFirst, kOfBusiest };

template <typename Struct, typename Type>
struct Field {
  const char* key;
  Type Struct::*member;
  Combined combined = Combined::kSum;
  int since = 1;  // the schema that has it first; an older file leaves it as it is
};
// Clang deduces the arguments of an aggregate by itself only from 17 on.
template <typename Struct, typename Type, typename... Rest>
Field(const char*, Type Struct::*, Rest...) -> Field<Struct, Type>;

template <typename Struct>
inline constexpr std::tuple kFieldsOf{};

// The names that an enumeration has in the JSON.
template <typename Enum>
inline constexpr std::array<std::pair<const char*, Enum>, 0> kNamesOf{};

template <>
inline constexpr std::array kNamesOf<Arrivals> = {std::pair{"uniform", Arrivals::kUniform},
                                                  std::pair{"poisson", Arrivals::kPoisson}};
template <>
inline constexpr std::array kNamesOf<Greeting> = {std::pair{"auto", Greeting::kAuto},
                                                  std::pair{"none", Greeting::kNone},
                                                  std::pair{"text", Greeting::kText}};
template <>
inline constexpr std::array kNamesOf<StepOutcome> = {
    std::pair{"met", StepOutcome::kMet}, std::pair{"missed", StepOutcome::kMissed},
    std::pair{"not measured", StepOutcome::kNotMeasured}};

template <>
inline constexpr std::tuple kFieldsOf<Options> = {
    Field{"target", &Options::target, Combined::kFirst},
    Field{"connections", &Options::connections},
    Field{"threads", &Options::threads},
    Field{"min_size_bytes", &Options::min_size_bytes, Combined::kSmallest},
    Field{"max_size_bytes", &Options::max_size_bytes, Combined::kLargest},
    Field{"duration_s", &Options::duration_s, Combined::kLargest},
    Field{"messages", &Options::messages},
    Field{"warmup_s", &Options::warmup_s, Combined::kFirst},
    Field{"depth", &Options::depth, Combined::kFirst},
    Field{"rate", &Options::rate},
    Field{"arrivals", &Options::arrivals, Combined::kFirst},
    Field{"connect_rate", &Options::connect_rate},
    Field{"calls_per_second", &Options::calls_per_second},
    Field{"messages_per_call", &Options::messages_per_call, Combined::kFirst},
    Field{"sources", &Options::sources},
    Field{"source_auto", &Options::source_auto, Combined::kFirst},
    Field{"all_addresses", &Options::all_addresses, Combined::kFirst, 2},
    Field{"greeting", &Options::greeting, Combined::kFirst},
    Field{"patience", &Options::patience, Combined::kFirst, 4},
    Field{"service_level_ns", &Options::service_level_ns, Combined::kFirst, 4},
    Field{"slo_percentile", &Options::slo_percentile, Combined::kFirst},
    Field{"slo_limit_ns", &Options::slo_limit_ns, Combined::kFirst},
    Field{"share", &Options::share, Combined::kFirst, 3},
    Field{"shares", &Options::shares, Combined::kFirst, 3},
    Field{"seed", &Options::seed, Combined::kFirst}};

template <>
inline constexpr std::tuple kFieldsOf<Machine> = {
    Field{"host", &Machine::host, Combined::kFirst},
    Field{"kernel", &Machine::kernel, Combined::kFirst},
    Field{"cpu", &Machine::cpu, Combined::kFirst},
    Field{"cpus", &Machine::cpus, Combined::kFirst},
    Field{"compiler", &Machine::compiler, Combined::kFirst},
    Field{"version", &Machine::version, Combined::kFirst},
    Field{"started_at", &Machine::started_at, Combined::kFirst},
    Field{"clock_ahead_s", &Machine::clock_ahead_s, Combined::kFirst, 3},
    Field{"clock_error_s", &Machine::clock_error_s, Combined::kFirst, 3}};

template <>
inline constexpr std::tuple kFieldsOf<MergedRun> = {
    Field{"name", &MergedRun::name},
    Field{"host", &MergedRun::host},
    Field{"share", &MergedRun::share},
    Field{"shares", &MergedRun::shares},
    Field{"window_start_s", &MergedRun::window_start_s},
    Field{"window_end_s", &MergedRun::window_end_s},
    Field{"messages", &MergedRun::messages},
    Field{"clock_ahead_s", &MergedRun::clock_ahead_s},
    Field{"clock_error_s", &MergedRun::clock_error_s},
    Field{"verdict", &MergedRun::verdict},
    Field{"reasons", &MergedRun::reasons}};

template <>
inline constexpr std::tuple kFieldsOf<Verification> = {
    Field{"verified_bytes", &Verification::verified_bytes},
    Field{"bad_connections", &Verification::bad_connections},
    Field{"damage", &Verification::damage},
    Field{"first_wrong", &Verification::first_wrong, Combined::kSum, 2}};

template <>
inline constexpr std::tuple kFieldsOf<Generator> = {
    Field{"busy_share", &Generator::busy_share, Combined::kLargest},
    Field{"waiting_share", &Generator::waiting_share, Combined::kLargest},
    Field{"busiest_waiting_share", &Generator::busiest_waiting_share, Combined::kOfBusiest, 5},
    Field{"throttled_share", &Generator::throttled_share, Combined::kLargest, 2},
    Field{"away_share", &Generator::away_share, Combined::kLargest, 2},
    Field{"cpu_s", &Generator::cpu_s},
    Field{"intended", &Generator::intended},
    Field{"intended_calls", &Generator::intended_calls},
    Field{"not_offered", &Generator::not_offered},
    Field{"too_late", &Generator::too_late, Combined::kSum, 2},
    Field{"unanswered", &Generator::unanswered},
    Field{"calls", &Generator::calls},
    Field{"connections_open", &Generator::connections_open},
    Field{"mean_in_flight", &Generator::mean_in_flight},
    Field{"mean_in_flight_by_law", &Generator::mean_in_flight_by_law}};

template <>
inline constexpr std::tuple kFieldsOf<Second> = {
    Field{"messages", &Second::messages}, Field{"bytes", &Second::bytes},
    Field{"errors", &Second::errors}, Field{"abandoned", &Second::abandoned, Combined::kSum, 4},
    Field{"in_time", &Second::in_time, Combined::kSum, 4}};

// But the parts that parts do not have in common: options, machine, verdict.
template <>
inline constexpr std::tuple kFieldsOf<Report> = {
    Field{"title", &Report::title, Combined::kFirst, 3},
    Field{"notes", &Report::notes, Combined::kSum, 3},
    Field{"command", &Report::command, Combined::kFirst, 3},
    Field{"addresses", &Report::addresses, Combined::kSum, 2},
    Field{"interrupted", &Report::interrupted, Combined::kLargest},
    Field{"seconds", &Report::seconds, Combined::kLargest},
    Field{"window_start_s", &Report::window_start_s, Combined::kSmallest, 2},
    Field{"window_end_s", &Report::window_end_s, Combined::kLargest, 2},
    Field{"messages", &Report::messages},
    Field{"bytes", &Report::bytes},
    Field{"abandoned", &Report::abandoned, Combined::kSum, 4},
    Field{"hang_ups", &Report::hang_ups, Combined::kSum, 4},
    Field{"in_time", &Report::in_time, Combined::kSum, 4},
    Field{"errors", &Report::errors},
    Field{"errors_measured", &Report::errors_measured, Combined::kSum, 2},
    Field{"slo_met_rate", &Report::slo_met_rate, Combined::kFirst, 2},
    Field{"slo_missed_rate", &Report::slo_missed_rate, Combined::kFirst, 2},
    Field{"verification", &Report::verification},
    Field{"generator", &Report::generator}};

// What of a schedule was not done, in words: "N messages ...".
struct Shortfall {
  const char* name;
  uint64_t Generator::*count;
  const char* meaning;
};
inline constexpr Shortfall kShortfalls[] = {
    {"not sent", &Generator::not_offered,
     "no connection was open for them, or too many waited for replies"},
    {"too late", &Generator::too_late, "the generator did not come to them before the end"},
    {"unanswered", &Generator::unanswered, "in the latency with the time that they waited"}};

// The histograms of a report, all of which add up. In the JSON KEY_us has the percentiles, and
// `histograms` the whole.
enum class Shown { kIfAny, kInOpenLoop, kNever };  // to people
struct HistogramField {
  const char* key;
  const char* name;  // for people; indented if it is another view of the one above
  Histogram Report::*member;
  Shown shown = Shown::kIfAny;
  bool of_generator = false;  // no figure of the target's, so that a wrong echo does not spoil it
  int since = 1;              // as for a Field
};
inline constexpr HistogramField kHistograms[] = {
    {"latency", "latency", &Report::latency},
    {"naive_latency", "  naive", &Report::naive_latency, Shown::kInOpenLoop},
    {"punctual_latency", "  punctual", &Report::punctual_latency, Shown::kNever, false, 2},
    {"send_lag", "send lag", &Report::send_lag, Shown::kInOpenLoop, true},
    {"held_up", "held up", &Report::held_up, Shown::kIfAny, true, 2},
    {"connect", "connect", &Report::connect},
    {"first_echo", "first echo", &Report::first_echo, Shown::kIfAny, false, 2}};

template <typename Struct>
concept HasFields = std::tuple_size_v<decltype(kFieldsOf<Struct>)> >
0;
template <typename Type>
concept HasNames = std::tuple_size_v<decltype(kNamesOf<Type>)> >
0;

template <HasFields Struct, typename Visit>
void ForEachField(Visit visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, kFieldsOf<Struct>);
}

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MEASURE_FIELDS_H_
