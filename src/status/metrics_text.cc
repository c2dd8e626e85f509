#include "src/status/metrics_text.h"

#include <charconv>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <set>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "src/base/utf8.h"
#include "src/books/counter_table.h"
#include "src/status/revision.h"

namespace switchboard::status {
namespace {

using Service = Snapshot::ServiceFigures;
using Pool = Snapshot::PoolFigures;
using Listener = Snapshot::ListenerFigures;
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// The upper ends of the steps in microseconds.
constexpr int64_t kEndsUs[] = {1,    2,    4,    8,    16,    32,    64,     128,     256,    512,
                               1024, 2048, 4096, 8192, 16384, 65536, 262144, 1048576, 4194304};

#if defined(__clang__)
constexpr std::string_view kCompiler = "clang " __clang_version__;
#else
constexpr std::string_view kCompiler = "gcc " __VERSION__;
#endif

std::string Number(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, end.ptr);
}

void AppendEscaped(std::string_view value, std::string& text) {
  for (const char c : AsUtf8(value)) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
  }
}

class Writer {
 public:
  // `prefix`: of this server's own, or what every program has.
  void Begin(std::string_view name, std::string_view type, std::string_view help,
             std::string_view prefix = "switchboard_") {
    name_ = std::string(prefix).append(name);
    text_.append("# HELP ").append(name_).append(" ").append(help);
    text_.append("\n# TYPE ").append(name_).append(" ").append(type).append("\n");
  }
  // A label whose value is empty is the same as none, and left out.
  template <typename Value>
  void Sample(Labels labels, Value value, const char* suffix = "") {
    text_ += name_ + suffix;
    char separator = '{';
    for (const auto& [label, text] : labels) {
      if (text.empty()) continue;
      text_ += std::exchange(separator, ',');
      text_ += label;
      text_ += "=\"";
      AppendEscaped(text, text_);
      text_ += '"';
    }
    if (separator == ',') text_ += '}';
    text_ += ' ';
    if constexpr (std::is_floating_point_v<Value>) {
      text_ += Number(value);
    } else {
      text_ += std::to_string(value);
    }
    text_ += '\n';
  }
  // One family that has one sample.
  template <typename Value>
  void Single(const char* name, const char* type, const char* help, Value value) {
    Begin(name, type, help);
    Sample({}, value);
  }

  std::string Take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

// One sample for each service: `value` of it.
template <typename Value>
void OfServices(const Snapshot& figures, Writer& writer, const char* name, const char* type,
                const char* help, Value value) {
  writer.Begin(name, type, help);
  for (const Service& service : figures.services) {
    writer.Sample({{"service", service.name}}, std::invoke(value, service));
  }
}

void OfPools(const Snapshot& figures, Writer& writer, const char* name, const char* type,
             const char* help, uint64_t Pool::*member) {
  writer.Begin(name, type, help);
  for (const Pool& pool : figures.pools) writer.Sample({{"pool", pool.name}}, pool.*member);
}

// Of the server, or of each service or pool.
void Samples(const Snapshot& figures, const Series& series, Writer& writer) {
  const std::pair<std::string_view, std::string_view> own = {series.family.label,
                                                             series.label_value};
  if (const auto value = ValueOf(series, figures.total)) writer.Sample({own}, *value);
  for (const Service& service : figures.services) {
    if (const auto value = ValueOf(series, service)) {
      writer.Sample({{"service", service.name}, own}, *value);
    }
  }
  for (const Pool& pool : figures.pools) {
    if (const auto value = ValueOf(series, pool)) writer.Sample({{"pool", pool.name}, own}, *value);
  }
}

// A family's samples are those of `times`; a pool's have no `service`, which is empty then.
void Histogram(Writer& writer, std::string_view service, std::string_view pool,
               const TimeHistogram& times) {
  const auto sample = [&](const char* suffix, auto value, const std::string& end = "") {
    writer.Sample({{"service", service}, {"pool", pool}, {"le", end}}, value, suffix);
  };
  uint64_t count = 0;
  int step = 0;
  for (const int64_t end_us : kEndsUs) {
    for (; step < TimeHistogram::kSteps && TimeHistogram::EndOf(step) <= end_us * 1000; ++step) {
      count += times.counts[static_cast<size_t>(step)];
    }
    sample("_bucket", count, Number(static_cast<double>(end_us) / 1e6));
  }
  sample("_bucket", times.count(), "+Inf");
  sample("_sum", static_cast<double>(times.sum_ns) / 1e9);
  sample("_count", times.count());
}

void CallDurations(Writer& writer, const Service& service) {
  uint64_t count = 0;
  const auto bucket = [&](const std::string& end, size_t step) {
    count += service.call_times.counts[step];
    writer.Sample({{"service", service.name}, {"le", end}}, count, "_bucket");
  };
  const auto& ends_ms = CallTimes<uint64_t>::kEndsMs;
  for (size_t i = 0; i < ends_ms.size(); ++i) {
    bucket(Number(static_cast<double>(ends_ms[i]) / 1e3), i);
  }
  bucket("+Inf", ends_ms.size());
  writer.Sample({{"service", service.name}}, static_cast<double>(service.call_times.sum_ms) / 1e3,
                "_sum");
  writer.Sample({{"service", service.name}}, count, "_count");
}

void WriteServer(const View& view, Writer& writer) {
  writer.Begin("build_info", "gauge", "Version, revision and compiler of this binary; always 1.");
  writer.Sample({{"version", SWITCHBOARD_VERSION},
                 {"revision", SWITCHBOARD_REVISION},
                 {"compiler", kCompiler}},
                1);
  writer.Single("ready", "gauge", "1 while new callers are wanted, 0 while starting or stopping.",
                view.ready ? 1 : 0);
  writer.Single("draining", "gauge", "1 from the first stop signal on.", view.stopping ? 1 : 0);
  writer.Begin("listener_info", "gauge", "One series for each listening address; always 1.");
  for (const Listener& listener : view.figures.listeners) {
    writer.Sample({{"listener", listener.address},
                   {"service", listener.service},
                   {"pool", listener.pool},
                   {"source", listener.inherited ? "inherited" : "bind"}},
                  1);
  }
}

// Each family once, with all that belongs to it one after the other, as the format wants it.
void WriteCounters(const Snapshot& figures, Writer& writer) {
  std::vector<Series> all;
  for (const CounterRow& row : Counters()) all.push_back(row.series);
  all.insert(all.end(), FurtherSeries().begin(), FurtherSeries().end());
  std::set<std::string_view> written;
  for (const auto& [family, source, value] : all) {
    if (!written.insert(family.name).second) continue;
    writer.Begin(family.name, family.name.ends_with("_total") ? "counter" : "gauge", family.help);
    for (const Series& each : all) {
      if (each.family.name == family.name) Samples(figures, each, writer);
    }
  }
}

void WriteConnections(const Snapshot& figures, Writer& writer) {
  OfServices(figures, writer, "connections_stalled", "gauge",
             "Callers on the line who do not read their reply.", &Service::stalled);
  writer.Single("connections_max", "gauge",
                "Most callers at one time, --max-connections or what the descriptor limit allows.",
                figures.max_connections);
  writer.Begin("connections_closed_total", "counter", "Callers gone, by reason.");
  for (const Service& service : figures.services) {
    for (int i = 0; i < kCloseReasons; ++i) {
      writer.Sample({{"service", service.name}, {"reason", ToString(static_cast<CloseReason>(i))}},
                    service.counts.closed_by_reason[static_cast<size_t>(i)]);
    }
  }
}

void WriteAccepting(const Snapshot& figures, Writer& writer) {
  writer.Single("accept_paused", "gauge", "1 while accepting is stopped for lack of room.",
                figures.accept_paused ? 1 : 0);
  writer.Begin("backlog_callers", "gauge", "Callers on hold in the backlog now.");
  for (const Listener& each : figures.listeners) {
    if (each.on_hold >= 0) writer.Sample({{"listener", each.address}}, each.on_hold);
  }
  writer.Begin("backlog_limit", "gauge", "Callers that may be on hold in the backlog.");
  for (const Listener& each : figures.listeners) {
    if (each.backlog >= 0) writer.Sample({{"listener", each.address}}, each.backlog);
  }
  if (figures.total.listen_overflows >= 0) {
    writer.Single("listen_overflows_total", "counter",
                  "Tries of callers that the kernel turned away, as a rule as a backlog was full.",
                  figures.total.listen_overflows);
  }
}

void WritePools(const Snapshot& figures, Writer& writer) {
  OfPools(figures, writer, "pool_workers", "gauge", "Worker threads.", &Pool::workers);
  OfPools(figures, writer, "pool_workers_busy", "gauge", "Worker threads that have a turn now.",
          &Pool::busy);
}

void WriteTimes(const Snapshot& figures, Writer& writer) {
  for (const TimesRow& row : Times()) {
    if (row.only_if_any && (figures.total.*row.total).count() == 0) continue;
    writer.Begin(row.family.name, "histogram", row.family.help);
    for (const Pool& pool : figures.pools) {
      if (const auto* const times = row.Of(pool)) Histogram(writer, "", pool.name, *times);
    }
    for (const Service& service : figures.services) {
      if (const auto* const times = row.Of(service)) {
        Histogram(writer, service.name, service.pool, *times);
      }
    }
  }
  writer.Begin("connection_duration_seconds", "histogram", "Time from accept to close.");
  for (const Service& service : figures.services) CallDurations(writer, service);
}

void WriteHeart(const Snapshot& figures, Writer& writer) {
  writer.Single("reactor_rounds_total", "counter", "Rounds of the reactor.",
                figures.reactor_rounds);
  writer.Single("reactor_heartbeat_age_seconds", "gauge",
                "How long the reactor has not come round, or has overslept; 0 while it rightly "
                "sleeps.",
                static_cast<double>(figures.reactor_age_ms) / 1e3);
}

// One sample for each of several processes: `value` of it. Few families, so that the text stays
// small however many there are.
template <typename Value>
void OfProcesses(const View& view, Writer& writer, const char* name, const char* type,
                 const char* help, Value value) {
  writer.Begin(name, type, help);
  for (size_t i = 0; i < view.processes.size(); ++i) {
    writer.Sample({{"process", std::to_string(i + 1)}}, value(view.processes[i]));
  }
}

void WriteProcesses(const View& view, Writer& writer) {
  OfProcesses(view, writer, "process_up", "gauge", "1 while the process of this number serves.",
              [](const ProcessView& process) { return process.state == "ready" ? 1 : 0; });
  OfProcesses(view, writer, "process_restarts_total", "counter",
              "Times that a process of this number was started anew.",
              [](const ProcessView& process) { return process.restarts; });
  OfProcesses(view, writer, "process_connections_active", "gauge",
              "Callers on the line of this process now.",
              [](const ProcessView& process) { return process.counts.active; });
}

// The names that Prometheus' own libraries give them. What the kernel does not say is left out.
void WriteProcess(const View& view, Writer& writer) {
  const sys::ProcessFigures& figures = view.process;
  const bool one = view.processes.empty();
  const auto write = [&](const char* name, const char* type, const char* help, auto value) {
    writer.Begin(name, type, help, "process_");
    writer.Sample({}, value);
  };
  write("start_time_seconds", "gauge", "When the process began, in seconds since 1970.",
        figures.started_s);
  write("cpu_seconds_total", "counter",
        one ? "CPU time of user and system." : "CPU time of user and system, of all processes.",
        figures.cpu_s);
  if (figures.resident_bytes) {
    write("resident_memory_bytes", "gauge",
          one ? "Memory that is resident."
              : "Memory that is resident, of all processes; what they share counts once.",
          *figures.resident_bytes);
  }
  if (figures.open_descriptors) {
    write("open_fds", "gauge", one ? "Open descriptors." : "Open descriptors, of all processes.",
          *figures.open_descriptors);
  }
  if (figures.max_descriptors) {
    write("max_fds", "gauge",
          one ? "Descriptors that may be open." : "Descriptors that may be open, of all processes.",
          *figures.max_descriptors);
  }
}

}  // namespace

std::string MetricsText(const View& view) {
  Writer writer;
  WriteServer(view, writer);
  WriteCounters(view.figures, writer);
  WriteConnections(view.figures, writer);
  WriteAccepting(view.figures, writer);
  WritePools(view.figures, writer);
  WriteTimes(view.figures, writer);
  WriteHeart(view.figures, writer);
  WriteProcess(view, writer);
  if (!view.processes.empty()) WriteProcesses(view, writer);
  return writer.Take();
}

}  // namespace switchboard::status
