#include "src/status/metrics_text.h"

#include <charconv>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

#include "src/revision.h"

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
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
  }
}

class Writer {
 public:
  // `prefix`: of this server's own, or what every program has.
  void Family(const char* name, const char* type, const char* help,
              const char* prefix = "switchboard_") {
    name_ = std::string(prefix) + name;
    text_ += "# HELP " + name_ + ' ' + help + "\n# TYPE " + name_ + ' ' + type + '\n';
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
    Family(name, type, help);
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
  writer.Family(name, type, help);
  for (const Service& service : figures.services) {
    writer.Sample({{"service", service.name}}, std::invoke(value, service));
  }
}

void OfServices(const Snapshot& figures, Writer& writer, const char* name, const char* help,
                uint64_t Counts<uint64_t>::*count) {
  OfServices(figures, writer, name, "counter", help,
             [count](const Service& service) { return service.counts.*count; });
}

void OfPools(const Snapshot& figures, Writer& writer, const char* name, const char* type,
             const char* help, uint64_t Pool::*member) {
  writer.Family(name, type, help);
  for (const Pool& pool : figures.pools) writer.Sample({{"pool", pool.name}}, pool.*member);
}

// A family's samples are those of `times`; a pool's have no `service`, which is empty then.
void Times(Writer& writer, std::string_view service, std::string_view pool,
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
  writer.Family("build_info", "gauge", "Version, revision and compiler of this binary; always 1.");
  writer.Sample({{"version", SWITCHBOARD_VERSION},
                 {"revision", SWITCHBOARD_REVISION},
                 {"compiler", kCompiler}},
                1);
  writer.Single("ready", "gauge", "1 while new callers are wanted, 0 while starting or stopping.",
                view.ready ? 1 : 0);
  writer.Single("draining", "gauge", "1 from the first stop signal on.", view.stopping ? 1 : 0);
  writer.Family("listener_info", "gauge", "One series for each listening address; always 1.");
  for (const Listener& listener : view.figures.listeners) {
    writer.Sample({{"listener", listener.address},
                   {"service", listener.service},
                   {"pool", listener.pool},
                   {"source", listener.inherited ? "inherited" : "bind"}},
                  1);
  }
}

void WriteConnections(const Snapshot& figures, Writer& writer) {
  OfServices(figures, writer, "connections_accepted_total", "Callers accepted.",
             &Counts<uint64_t>::accepted);
  OfServices(figures, writer, "connections_active", "gauge", "Callers on the line now.",
             &Service::active);
  OfServices(figures, writer, "connections_stalled", "gauge",
             "Of these, who do not read their reply.", &Service::stalled);
  writer.Single("connections_max", "gauge",
                "Most callers at one time, --max-connections or what the descriptor limit allows.",
                figures.max_connections);
  writer.Family("connections_closed_total", "counter", "Callers gone, by reason.");
  for (const Service& service : figures.services) {
    for (int i = 0; i < kCloseReasons; ++i) {
      writer.Sample({{"service", service.name}, {"reason", ToString(static_cast<CloseReason>(i))}},
                    service.counts.closed_by_reason[static_cast<size_t>(i)]);
    }
  }
  const Stats& total = figures.total;
  writer.Single("connections_rejected_total", "counter", "Callers told busy at a limit.",
                total.rejected);
  writer.Family("connections_dropped_total", "counter", "Callers dropped after accept, by cause.");
  writer.Sample({{"cause", "memory"}}, total.no_memory);
  writer.Sample({{"cause", "epoll"}}, total.register_failed);
  writer.Sample({{"cause", "proxy_header"}},
                total.proxy_malformed + total.proxy_untrusted + total.proxy_timeout);
}

void WriteProxies(const Stats& total, Writer& writer) {
  writer.Single("checks_total", "counter",
                "Calls that a proxy made for itself, to see whether somebody answers.",
                total.checks);
  writer.Family("proxy_headers_total", "counter", "PROXY headers, by result.");
  writer.Sample({{"result", "v1"}}, total.proxy_v1);
  writer.Sample({{"result", "v2"}}, total.proxy_v2);
  writer.Sample({{"result", "local"}}, total.checks);
  writer.Sample({{"result", "unknown"}}, total.proxy_unknown);
  writer.Sample({{"result", "malformed"}}, total.proxy_malformed);
  writer.Sample({{"result", "untrusted"}}, total.proxy_untrusted);
  writer.Sample({{"result", "timeout"}}, total.proxy_timeout);
}

void WriteAccepting(const Snapshot& figures, Writer& writer) {
  const Stats& total = figures.total;
  writer.Family("accept_pauses_total", "counter", "Times that accepting stopped, by cause.");
  writer.Sample({{"cause", "max_connections"}}, total.held);
  writer.Sample({{"cause", "descriptors"}}, total.paused_descriptors);
  writer.Sample({{"cause", "memory"}}, total.paused_memory);
  writer.Sample({{"cause", "refused"}},
                total.accept_paused - total.paused_descriptors - total.paused_memory);
  writer.Single("accept_paused", "gauge", "1 while accepting is stopped for lack of room.",
                figures.accept_paused ? 1 : 0);
  writer.Single("accept_errors_total", "counter", "Callers lost between backlog and accept.",
                total.accept_failed);
  writer.Family("backlog_callers", "gauge", "Callers on hold in the backlog now.");
  for (const Listener& each : figures.listeners) {
    if (each.on_hold >= 0) writer.Sample({{"listener", each.address}}, each.on_hold);
  }
  writer.Family("backlog_limit", "gauge", "Callers that may be on hold in the backlog.");
  for (const Listener& each : figures.listeners) {
    if (each.backlog >= 0) writer.Sample({{"listener", each.address}}, each.backlog);
  }
  if (total.listen_overflows >= 0) {
    writer.Single("listen_overflows_total", "counter",
                  "Tries of callers that the kernel turned away, as a rule as a backlog was full.",
                  total.listen_overflows);
  }
}

void WriteBytes(const Snapshot& figures, Writer& writer) {
  using C = Counts<uint64_t>;
  OfServices(figures, writer, "received_bytes_total", "Bytes read from callers for a service.",
             &C::bytes_in);
  OfServices(figures, writer, "sent_bytes_total", "Bytes sent back as replies.", &C::bytes_out);
  OfServices(figures, writer, "lost_bytes_total",
             "Bytes of replies that a closed connection could not take.", &C::bytes_lost);
  OfServices(figures, writer, "discarded_bytes_total", "Bytes read and not to be answered.",
             &C::bytes_discarded);
  OfServices(figures, writer, "unsolicited_bytes_total", "Bytes sent without being asked.",
             &C::bytes_unsolicited);
  OfServices(figures, writer, "unheard_bytes_total",
             "Bytes that came in after the server had hung up.", &C::bytes_unheard);
  writer.Single("buffered_bytes", "gauge", "Bytes of replies not yet written.",
                figures.total.bytes_buffered);
  OfServices(figures, writer, "reads_total", "Complete reads dispatched to a worker.", &C::reads);
  OfServices(figures, writer, "turns_skipped_total",
             "Turns that no service was asked for, as the caller had reset the call.", &C::skipped);
  writer.Single("read_yields_total", "counter", "Reads that filled their budget and made way.",
                figures.total.yields);
}

void WriteTimes(const Snapshot& figures, Writer& writer) {
  OfPools(figures, writer, "pool_workers", "gauge", "Worker threads.", &Pool::workers);
  OfPools(figures, writer, "pool_workers_busy", "gauge", "Worker threads that have a turn now.",
          &Pool::busy);
  OfPools(figures, writer, "pool_queued", "gauge", "Turns waiting for a worker now.",
          &Pool::queued);
  OfPools(figures, writer, "pool_wakeups_total", "counter", "Sleeping workers woken.",
          &Pool::wakes);
  writer.Family("queue_wait_seconds", "histogram", "Time from dispatch to a worker's turn.");
  for (const Pool& pool : figures.pools) Times(writer, "", pool.name, pool.queue_wait);
  writer.Family("service_time_seconds", "histogram",
                "Time of a worker's turn; for short ones the mean of some in a row.");
  for (const Service& service : figures.services) {
    Times(writer, service.name, service.pool, service.service_time);
  }
  writer.Family("connection_duration_seconds", "histogram", "Time from accept to close.");
  for (const Service& service : figures.services) CallDurations(writer, service);
}

void WriteHeart(const Snapshot& figures, Writer& writer) {
  writer.Single("reactor_rounds_total", "counter", "Rounds of the reactor.",
                figures.reactor_rounds);
  writer.Single("reactor_heartbeat_age_seconds", "gauge",
                "How long the reactor has not come round, or has overslept; 0 while it rightly "
                "sleeps.",
                static_cast<double>(figures.reactor_age_ms) / 1e3);
  writer.Single("log_dropped_total", "counter",
                "Log and trace lines that nobody was ready to take.", figures.total.log_dropped);
}

// One sample for each of several processes: `value` of it. Few families, so that the text stays
// small however many there are.
template <typename Value>
void OfProcesses(const View& view, Writer& writer, const char* name, const char* type,
                 const char* help, Value value) {
  writer.Family(name, type, help);
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
    writer.Family(name, type, help, "process_");
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
  WriteConnections(view.figures, writer);
  WriteProxies(view.figures.total, writer);
  WriteAccepting(view.figures, writer);
  WriteBytes(view.figures, writer);
  WriteTimes(view.figures, writer);
  WriteHeart(view.figures, writer);
  WriteProcess(view, writer);
  if (!view.processes.empty()) WriteProcesses(view, writer);
  return writer.Take();
}

}  // namespace switchboard::status
