#include "bench/load/options/table.h"

#include <stdexcept>

#include "bench/load/base/units.h"
#include "bench/load/base/utf8.h"
#include "bench/load/measure/histogram.h"
#include "bench/load/options/planning.h"
#include "bench/load/options/setters.h"
#include "bench/load/options/staffing.h"
#include "bench/load/options/together.h"
#include "bench/load/options/values.h"
#include "src/base/distribution.h"
#include "src/linux/address.h"

namespace switchboard::load {
namespace {

constexpr int64_t kMaxConnections = 1'000'000;
constexpr int64_t kMaxThreads = 1024;
constexpr int64_t kMaxSizeBytes = 1 << 30;
constexpr int64_t kMaxDepth = 1 << 20;
constexpr int64_t kMaxSeconds = 1'000'000;
constexpr int64_t kMaxStartSeconds = 3600;
constexpr int64_t kMaxCheckSeconds = 3600;
constexpr int64_t kMaxRounds = 1000;
constexpr int64_t kMaxPid = 1 << 22;  // proc(5), /proc/sys/kernel/pid_max
constexpr int64_t kMaxServers = 1'000'000;
constexpr int64_t kMaxCallers = 10'000'000;
constexpr int64_t kMaxCpus = 1024;
constexpr int64_t kMaxProcesses = 1024;
constexpr double kFinestWish = 0.005;  // five buckets of the histogram
constexpr double kCoarsestWish = 0.5;

void RequireUtf8(const GivenOption& given) {
  if (!IsUtf8(given.value)) Refuse(given, "give UTF-8, which a report has to be");
}

template <auto field>
void SetUtf8(const GivenOption& given, CommandLine& line) {
  RequireUtf8(given);
  SetText<field>(given, line);
}

template <auto field>
void AddUtf8(const GivenOption& given, CommandLine& line) {
  RequireUtf8(given);
  AddText<field>(given, line);
}

void SetSize(const GivenOption& given, CommandLine& line) {
  const std::string_view value = given.value;
  const size_t dash = value.find('-');
  const std::optional<int64_t> low = TakeWhole(value.substr(0, dash), kBytes);
  const std::optional<int64_t> high =
      dash == value.npos ? low : TakeWhole(value.substr(dash + 1), kBytes);
  if (!low || !high || *low < 1 || *high < *low || *high > kMaxSizeBytes) {
    Refuse(given, "give bytes from 1 to " + std::to_string(kMaxSizeBytes) +
                      ", or a smaller and a larger size as in 64-1500");
  }
  line.load.min_size_bytes = static_cast<uint32_t>(*low);
  line.load.max_size_bytes = static_cast<uint32_t>(*high);
}

void SetGreeting(const GivenOption& given, CommandLine& line) {
  Options& load = line.load;
  load.greeting_text.clear();
  if (given.value == "auto") {
    load.greeting = Greeting::kAuto;
  } else if (given.value == "none" || given.value.empty()) {
    load.greeting = Greeting::kNone;
  } else {
    const std::optional<std::string> text = Unescape(given.value);
    if (!text) Refuse(given, "after a backslash it understands n, r, t, \\ and xHH");
    load.greeting = Greeting::kText;
    load.greeting_text = *text;
  }
}

void SetArrivals(const GivenOption& given, CommandLine& line) {
  if (given.value != "uniform" && given.value != "poisson")
    Refuse(given, "give uniform or poisson");
  line.load.arrivals = given.value == "poisson" ? Arrivals::kPoisson : Arrivals::kUniform;
}

void SetSources(const GivenOption& given, CommandLine& line) {
  const std::string_view value = given.value;
  line.load.sources.clear();
  line.load.source_auto = value == "auto";
  if (line.load.source_auto) return;
  for (size_t begin = 0; begin <= value.size();) {
    const size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view address = value.substr(begin, end - begin);
    if (!sys::NumericAddress(address)) {
      Refuse(given, "give numeric local addresses with commas between, or auto");
    }
    line.load.sources.emplace_back(address);
    begin = end + 1;
  }
}

void SetSlo(const GivenOption& given, CommandLine& line) {
  const size_t equals = given.value.find('=');
  const bool complete = equals != given.value.npos;
  const std::optional<double> percent = TakePercentile(given.value.substr(0, equals));
  const auto units = std::span(kTimes).subspan(1);
  const std::optional<double> limit_s =
      complete ? TakeNumber(given.value.substr(equals + 1), units) : std::nullopt;
  const double limit_ns = limit_s.value_or(0) * 1e9;
  if (!percent || limit_ns < Histogram::kLowestNs || limit_ns > Histogram::kHighestNs) {
    Refuse(given,
           "write a percentile (p50, p95, p99.9, max), '=' and a time of 100ns to 1h with its "
           "unit, as in p99=1ms");
  }
  line.load.slo_percentile = *percent;
  line.load.slo_limit_ns = static_cast<int64_t>(limit_ns + 0.5);
}

void AddWish(const GivenOption& given, CommandLine& line) {
  constexpr Unit kPercent[] = {{"%", 0.01}};
  const size_t equals = given.value.find('=');
  const bool complete = equals != given.value.npos;
  const std::optional<double> percent = TakePercentile(given.value.substr(0, equals));
  const double within =
      complete ? TakeNumber(given.value.substr(equals + 1), kPercent).value_or(0) : 0;
  if (!percent || *percent >= 100 || within < kFinestWish || within > kCoarsestWish) {
    Refuse(given,
           Format("write a percentile (p50, p99, p99.9; the maximum has no end), '=' and how well "
                  "it is to be known, %g to %g %%, as in p99=5%%",
                  100 * kFinestWish, 100 * kCoarsestWish));
  }
  std::erase_if(line.load.until, [&](const Wish& wish) { return wish.percent == *percent; });
  line.load.until.push_back({*percent, within});
}

void SetPatience(const GivenOption& given, CommandLine& line) {
  try {
    Distribution::Check(given.value);
  } catch (const std::invalid_argument& error) {
    Refuse(given, std::string("it ") + error.what());
  }
  RequireUtf8(given);
  line.load.patience = given.value;
}

void SetServiceLevel(const GivenOption& given, CommandLine& line) {
  const auto units = std::span(kTimes).subspan(1);
  const double ns = TakeNumber(given.value, units).value_or(0) * 1e9;
  if (ns < Histogram::kLowestNs || ns > Histogram::kHighestNs) {
    Refuse(given, "give a time of 100ns to 1h with its unit, as in 20ms");
  }
  line.load.service_level_ns = static_cast<int64_t>(ns + 0.5);
}

constexpr unsigned kLoads = kRun | kCompare, kReports = kRun | kMerge;
constexpr unsigned kPages = kReports | kCompare | kReport | kStaff;
constexpr unsigned kStaffs = kStaff | kStaffPlan | kStaffCalibrate;
constexpr unsigned kAll = kLoads | kConform | kMerge | kStaffs | kReport;
using Line = CommandLine;

constexpr OptionRow kRows[] = {
    {"rounds", 0, kCompare, "N", "9", SetWhole<&Line::rounds, 1, kMaxRounds>,
     "how often each target has its turn"},
    {"start-timeout", 0, kCompare | kStaff, "SECONDS", "10",
     SetSeconds<&Line::start_timeout_s, kMaxStartSeconds>,
     "how long a command may take until it listens"},

    {"connections", 'c', kLoads, "N", "1", SetWhole<&Options::connections, 1, kMaxConnections>,
     "connections to open"},
    {"connections", 'c', kStaff, "N", "1000", SetWhole<&Options::connections, 1, kMaxConnections>,
     "connections to send from in turn: so many that no message waits behind another of its own"},
    {"threads", 't', kLoads, "N", "1", SetWhole<&Options::threads, 1, kMaxThreads>,
     "threads, each with its own event loop and connections"},
    {"size", 's', kLoads, "BYTES", "64", SetSize,
     "message size, as in 1500 or 64K; A-B for sizes spread evenly between"},
    {"duration", 'd', kRun, "SECONDS", "10", SetSeconds<&Options::duration_s, kMaxSeconds>,
     "length of the measured part, as in 10, 500ms or 2m"},
    {"duration", 'd', kStaff, "SECONDS", "30", SetSeconds<&Options::duration_s, kMaxSeconds>,
     "how long each rate is measured"},
    {"duration", 'd', kCompare, "SECONDS", "1", SetSeconds<&Options::duration_s, kMaxSeconds>,
     "length of the measured part of each turn"},
    {"messages", 'n', kLoads, "N", nullptr, SetWhole<&Options::messages, 1, kMaxInteger>,
     "end after this many messages instead, or as well"},
    {"warmup", 0, kRun, "SECONDS", "1", SetSeconds<&Options::warmup_s, kMaxSeconds, true>,
     "run first without measuring"},
    {"warmup", 0, kStaff, "SECONDS", "2", SetSeconds<&Options::warmup_s, kMaxSeconds, true>,
     "run each rate first without measuring"},
    {"warmup", 0, kCompare, "SECONDS", "0.2", SetSeconds<&Options::warmup_s, kMaxSeconds, true>,
     "run first without measuring"},
    {"depth", 0, kLoads, "N", "1", SetWhole<&Options::depth, 1, kMaxDepth>,
     "closed loop: messages in flight on each connection"},
    {"rate", 'r', kLoads, "N", nullptr, SetRate<&Options::rate>,
     "open loop: messages per second over all connections, as in 500 or 10k, sent on schedule "
     "whether or not replies have come"},
    {"arrivals", 0, kLoads, "uniform|poisson", "uniform", SetArrivals, "spacing of a schedule"},
    {"connect-rate", 0, kLoads, "N", nullptr, SetRate<&Options::connect_rate>,
     "connections to open per second (as fast as it goes)"},
    {"ramp", 0, kLoads, "SECONDS", nullptr, SetSeconds<&Line::ramp_s, kMaxSeconds>,
     "the same, as the time to open all of them"},
    {"calls-per-second", 0, kLoads, "N", nullptr, SetRate<&Options::calls_per_second>,
     "connect, send messages, hang up, on a schedule"},
    {"messages-per-call", 0, kLoads, "K", nullptr,
     SetWhole<&Options::messages_per_call, 1, kMaxRate>,
     "hang up after K replies and connect again (1 with --calls-per-second)"},
    {"source", 0, kLoads, "ADDRESS[,ADDRESS..]|auto", "auto", SetSources,
     "local addresses to call from, in turn; auto spreads calls to 127.0.0.0/8 over that network"},

    {"all-addresses", 0, kLoads, nullptr, nullptr, SetTrue<&Options::all_addresses>,
     "call all addresses of the target's name in turn, not the first that answers"},

    {"pid", 0, kConform, "N", nullptr, SetWhole<&Line::pid, 1, kMaxPid>,
     "the server's process on this machine, to watch its memory and descriptors"},
    {"command", 0, kStaff, "'SERVER {port} {status}'", nullptr, SetSomeText<&Line::command>,
     "how to start the server to measure; {port} and {status} become free ports of 127.0.0.1"},
    {"command", 0, kConform, "'SERVER {port}'", nullptr, SetSomeText<&Line::command>,
     "how to start the server, for the questions that need an instance of their own; {port} "
     "becomes "
     "a free port. Without HOST:PORT every question gets an instance of its own"},
    {"greeting", 0, kLoads | kConform | kStaff, "auto|none|TEXT", "auto", SetGreeting,
     "what the server says first; auto listens for 200 ms on a first connection; none, or empty, "
     "for nothing; TEXT understands \\n \\r \\t \\\\ \\xHH, so that \\x6eone is that word"},
    {"only", 0, kConform, "NAME", nullptr, AddText<&Line::only>,
     "ask only this question; repeatable"},
    {"skip", 0, kConform, "NAME", nullptr, AddText<&Line::skip>,
     "leave this question out; repeatable"},
    {"timeout", 0, kConform, "SECONDS", nullptr, SetSeconds<&Line::timeout_s, kMaxCheckSeconds>,
     "for each question, instead of its own"},
    {"list", 0, kConform, nullptr, nullptr, SetTrue<&Line::list>, "print the questions"},

    {"share", 0, kRun, "I/N", nullptr, SetShare,
     "do the I-th of N parts of this load, whose sum is exactly the load: of connections, messages "
     "and every rate. Each has bytes and random moments of its own"},
    {"start-at", 0, kRun, "TIME", nullptr, SetStartAt,
     "begin then, once all connections are open: seconds since 1970, UTC as in "
     "2030-01-02T03:04:05Z, or +5s"},
    {"ready-fd", 0, kRun, "N", nullptr, SetReadyFd,
     "write the line 'ready' to descriptor N once all connections are open"},
    {"start-on-stdin", 0, kRun, nullptr, nullptr, SetTrue<&Line::start_on_stdin>,
     "begin when standard input says the line 'start', and end early when it ends"},

    {"patience", 0, kRun, "DIST", nullptr, SetPatience,
     "a caller who has no echo in that time hangs up with a reset, and a new one calls at once in "
     "its place (with --calls-per-second when the next is due): 5ms, exp:5ms, uniform:1ms-9ms, "
     "lognormal:5ms:2 (mean and shape) or file:PATH (one time a line). It counts as the latency "
     "does, with several messages in flight for the oldest"},
    {"service-level", 0, kRun, "TIME", nullptr, SetServiceLevel,
     "count who is answered in that time, of all who are or hang up, also in each second (20ms "
     "with --patience)"},

    {"anatomy", 0, kRun, nullptr, nullptr, SetTrue<&Line::anatomy>,
     "split the mean round trip into reactor, queue, service, write and the rest, by what the "
     "Switchboard at --status says of the same time; it tells the writes apart with --time-writes"},
    {"status", 0, kRun, "ADDRESS", nullptr, SetUtf8<&Line::status>,
     "the address of the server's own --status, for --anatomy"},

    {"slo", 0, kRun, "p99=1ms", nullptr, SetSlo,
     "find the highest rate at which the percentile stays in the limit, as a range of a tenth: in "
     "steps of --duration (2), or longer where the percentile needs more messages, each after its "
     "own --warmup (0.3), then in steps of five times that, at least 10 s, that confirm it"},

    {"until", 0, kRun, "p99=5%", nullptr, AddWish,
     "warm up until the latency has settled, and measure until the 95 % interval of that "
     "percentile "
     "is within 5 % of it, for --duration (60) at most; repeatable"},

    {"fail-if", 0, kReports, "'p99>1ms'", nullptr, AddText<&Line::fail_if>,
     "exit with status 4 if that holds of a figure of the JSON, named by its path there, as in "
     "'messages_per_second<10k' or 'connect_us.max>5ms'; repeatable"},
    {"strict", 0, kReports, nullptr, nullptr, SetTrue<&Line::strict>,
     "exit with status 5 if the verdict is not VALID"},

    {"rates", 0, kStaff, "N,N,...", nullptr, SetRates,
     "measure the server at these rates of messages per second, and set what is predicted beside "
     "it"},
    {"status", 0, kStaff, "ADDRESS", nullptr, SetSomeText<&Line::status>,
     "the server's --status: a port of this machine, HOST:PORT or unix:/path"},
    {"within", 0, kStaff, "5%", nullptr, SetWithin,
     "end a rate as soon as the mean wait, or 1 ms if it is shorter, is known that well, and "
     "P(wait) to 0.01, for --duration at most"},

    {"rate", 'r', kStaff, "N", nullptr, SetRate<&StaffingOptions::arrivals>,
     "messages per second, or calls with --lines, as in 500 or 10k"},
    {"service", 0, kStaff, "SECONDS", nullptr, SetSeconds<&StaffingOptions::service_s, kMaxSeconds>,
     "how long a worker has to do with a message in the mean, as in 5ms; or with --lines how long "
     "a call lasts"},
    {"target", 0, kStaff, "80%/20ms", nullptr, SetTarget,
     "what part of the callers is to be served, and in what time (80%/20ms); with --lines what "
     "part is to get a line (99%)"},
    {"workers", 'w', kStaff, "N|auto", "auto", SetServers,
     "of so many, instead of as many as --target needs"},
    {"cv", 0, kStaff, "X", "1", SetCv,
     "coefficient of variation of the service times, their standard deviation over their mean: 0 "
     "if all are the same, 1 if they are exponential"},
    {"patience", 0, kStaff, "SECONDS", nullptr,
     SetSeconds<&StaffingOptions::patience_s, kMaxSeconds>,
     "callers hang up after a wait of so much in the mean (never)"},
    {"lines", 0, kStaff, "N|auto", nullptr, SetServers,
     "of so many lines, the server's --max-connections with --when-full busy: nobody waits, and "
     "whoever calls while all are taken is told busy"},

    {"costs", 0, kStaffPlan, "FILE", nullptr, SetSomeText<&PlanningOptions::costs>,
     "what the steps of the server cost, as staff calibrate has written it"},
    {"callers", 'c', kStaffPlan, "N", "1", SetWhole<&PlanningOptions::callers, 1, kMaxCallers>,
     "callers on the line, of all hosts together"},
    {"rate", 'r', kStaffPlan, "N", nullptr, SetRate<&PlanningOptions::rate>,
     "open loop: messages per second of all callers together, who speak at random moments whether "
     "or not their echo has come; otherwise each speaks again when it has its echo"},
    {"size", 's', kStaffPlan, "BYTES", "64", SetMessageSize, "of a message, as in 1500 or 64K"},
    {"service-time", 0, kStaffPlan, "DIST", nullptr, SetServiceTime,
     "how long a worker has to do with a message before it writes the echo, as the server's option "
     "of this name: 5ms, exp:5ms, uniform:1ms-9ms, lognormal:5ms:2, file:PATH, cpu:100us (none)"},
    {"workers", 'w', kStaffPlan, "N", nullptr, SetWhole<&PlanningOptions::workers, 1, kMaxServers>,
     "of each process (as many as CPUs)"},
    {"cpus", 0, kStaffPlan, "N", nullptr, SetWhole<&PlanningOptions::cpus, 1, kMaxCpus>,
     "of each host (as many as the host of --costs has)"},
    {"processes", 0, kStaffPlan, "N", "1", SetWhole<&PlanningOptions::processes, 1, kMaxProcesses>,
     "of each host, each with a reactor and workers, behind one number"},
    {"hosts", 0, kStaffPlan, "N", "1", SetWhole<&PlanningOptions::hosts, 1, kMaxServers>,
     "behind a balancer, which spreads the callers evenly"},
    {"generator", 0, kStaffPlan, "here|elsewhere", "elsewhere", SetGenerator,
     "whether the callers take their CPU time from that of the server's host, as a load generator "
     "on the same machine does"},
    {"objective", 0, kStaffPlan, "p99=5ms", nullptr, SetObjective,
     "find how many hosts it takes to keep that, instead of --hosts"},
    {"messages", 'n', kStaffPlan, "N", "200k", SetWhole<&PlanningOptions::messages, 100, kMaxRate>,
     "to simulate, after as many to warm up, or more if it takes more for each caller to speak "
     "twice"},

    {"json", 0, kLoads | kConform | kMerge | kStaffs, "FILE", nullptr, SetPath<&Outputs::json_path>,
     "write everything that was found, for programs; - for standard output"},
    {"csv", 0, kReports, "FILE", nullptr, SetPath<&Outputs::csv_path>,
     "write the timeline, one line a second"},
    {"html", 0, kPages, "FILE", nullptr, SetPath<&Outputs::html_path>,
     "write a report for a browser: one file, at most 150 KB, that fetches nothing"},
    {"hgrm", 0, kReports, "FILE", nullptr, SetPath<&Outputs::hgrm_path>,
     "write the latency by percentile in milliseconds, as HdrHistogram's plotter reads it"},
    {"title", 0, kPages, "TEXT", nullptr, SetUtf8<&Line::title>, "what the report is called"},
    {"note", 0, kPages, "TEXT", nullptr, AddUtf8<&Line::notes>,
     "a paragraph under the report's title; repeatable"},
    {"seed", 0, kStaffPlan, "N", "1", SetWhole<&Options::seed, 1, kMaxInteger>,
     "the random numbers; the same seed simulates the same"},
    {"seed", 0, kLoads | kConform | kStaff, "N", nullptr, SetWhole<&Options::seed, 1, kMaxInteger>,
     "the random numbers, to repeat what they decided (drawn anew each time)"},
    {"quiet", 0, kLoads | kStaff, nullptr, nullptr, SetTrue<&Options::quiet>, "no progress line"},
    {"help", 'h', kAll, nullptr, nullptr, SetTrue<&Line::help>, "this text"},
    {"version", 0, kRun, nullptr, nullptr, SetTrue<&Line::version>, "the version of this program"},
};

}  // namespace

void Refuse(const GivenOption& given, std::string_view way_out) {
  throw std::invalid_argument(std::string("--") + given.name + " cannot be '" +
                              std::string(given.value) + "'; " + std::string(way_out));
}

std::vector<const OptionRow*> OptionsOf(Subcommand subcommand) {
  std::vector<const OptionRow*> rows;
  for (const OptionRow& row : kRows) {
    if ((row.subcommands & subcommand) != 0) rows.push_back(&row);
  }
  return rows;
}

}  // namespace switchboard::load
