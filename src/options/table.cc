#include "src/options/table.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace switchboard {
namespace {

constexpr int kMaxInt = 1 << 30;
constexpr int kMaxProcesses = 256;
constexpr int kMaxKeepalive = 32767;  // the kernel's

std::vector<OptionRow> MakeTable() {
  using O = Options;
  return {
      {"listen", 'l', ListenKind(),
       "where to listen, and the service that answers there; repeatable: IPv4, [IPv6]:PORT, a host "
       "name (all its addresses), unix:/path, or unix:@name, which is abstract; port 0 takes a "
       "free one and prints it; with proxy, each call begins with the header of a proxy (PROXY "
       "protocol 1 or 2)",
       "8000=echo, every IPv4 and IPv6 address"},
      {"processes", 0, Whole("processes", &ProgramOptions::processes, "N", 1, kMaxProcesses),
       "processes that serve at the same addresses, {range}, and one more that looks after them; "
       "each has its own threads and its own limit of descriptors, and a caller is taken by one "
       "that has few",
       "{default}"},
      {"workers", 'w', WorkersKind(),
       "threads of the pool, {range}, in each process; with SERVICE, of a pool of that service's "
       "own",
       "the CPUs that the process may use, divided by --processes"},
      {"greeting", 0, GreetingKind(),
       "what echo says to each new caller; none, or empty, for nothing; understands \\n \\r \\t "
       "\\\\ \\xHH, so that \\x6eone is that word",
       "hello from server\\n"},
      {"once", 0, Switch("once", &O::once), "hang up after the first echo, of at most 1000 bytes",
       "{default}"},
      {"service-time", 0, ServiceTimeKind(),
       "how long a worker takes for each read before it is answered: sleeps for 5ms, exp:5ms (its "
       "mean), uniform:1ms-9ms, lognormal:5ms:2 (its mean, and the standard deviation of its "
       "logarithm) or file:PATH (one of its lines); after cpu:, as in cpu:exp:5ms, it keeps a CPU "
       "busy; with SERVICE, of that service alone; repeatable",
       "none"},
      {"service-seed", 0, Whole("service_seed", &O::service_seed, "N", 0, INT64_MAX),
       "the random numbers of --service-time: the same seed draws the same times", "{default}"},
      {"max-connections", 0,
       Whole("max_connections", &O::max_connections, "N", 1, kMaxInt, Zero::kIsTheDefault),
       "most live connections, of all processes together",
       "what RLIMIT_NOFILE (raised to its hard limit) allows, less a reserve"},
      {"max-per-address", 0, Whole("max_per_address", &O::max_per_address, "N", 0, kMaxInt),
       "most live connections of one IPv4 address or IPv6 /64; whoever calls beyond is told busy "
       "and hung up on, whatever --when-full says; unix sockets have no such limit; each of "
       "--processes has its own count",
       "{default}: no limit"},
      {"when-full", 0,
       Word("when_full", &O::when_full, {{"hold", WhenFull::kHold}, {"busy", WhenFull::kBusy}}),
       "at the limit: leave callers waiting in the backlog, or accept, say nothing (busy\\n if "
       "there is a greeting) and hang up",
       "{default}"},
      {"backlog", 0, Whole("backlog", &O::backlog, "N", 1, kMaxInt),
       "callers that may wait on hold", "{default}, cut to somaxconn with a warning"},
      {"unix-mode", 0, Mode("unix_mode", &O::unix_mode),
       "permissions of the files of unix sockets, {range}", "as the umask says"},
      {"proxy-from", 0, ProxyFromKind(),
       "the proxies whose headers are believed, which each --listen with proxy needs; addresses, "
       "networks as in 10.0.0.0/8, or unix for every caller of a unix socket; anybody else is hung "
       "up on",
       "nobody"},
      {"proxy-timeout", 0, Seconds("proxy_timeout_ms", &O::proxy_timeout_ms, 3),
       "time for the header of a proxy to be whole, {range}; reset after that", "{default}"},
      {"idle-timeout", 0, Seconds("idle_timeout_ms", &O::idle_timeout_ms),
       "hang up on a connection on which nothing moved", "{default}: never"},
      {"write-timeout", 0, Seconds("write_timeout_ms", &O::write_timeout_ms),
       "hang up on a caller that does not read its echo", "{default}"},
      {"lame-duck", 0, Seconds("lame_duck_ms", &O::lame_duck_ms),
       "when told to stop, first say that no more callers are to be sent (the status port does), "
       "and go on serving for so long",
       "{default}"},
      {"drain-callers", 0, Seconds("drain_callers_ms", &O::drain_callers_ms),
       "then take no new callers, and give those on the line time to hang up by themselves",
       "{default}"},
      {"drain-timeout", 0, Seconds("drain_timeout_ms", &O::drain_timeout_ms),
       "time for replies under way when told to stop", "{default}"},
      {"keepalive", 0,
       Whole("keepalive_seconds", &O::keepalive_seconds, "SECONDS", 0, kMaxKeepalive),
       "hang up on a TCP caller whose host has vanished: it is asked after a silence of so many "
       "whole seconds, and gone without an answer for half as many more; 0 to ask nobody",
       "{default}"},
      {"read-buffer", 0,
       Whole("read_buffer_bytes", &O::read_buffer_bytes, "BYTES", 1 << 10, 16 << 20),
       "most that one read takes, {range}; the buffer of an active connection", "{default}"},
      {"socket-buffer", 0,
       Whole("socket_buffer_bytes", &O::socket_buffer_bytes, "BYTES", 1, kMaxInt,
             Zero::kIsTheDefault),
       "SO_SNDBUF and SO_RCVBUF of each connection, to bound kernel memory; what a caller says to "
       "a unix socket is bounded by the caller's own SO_SNDBUF alone",
       "the kernel's"},
      {"status", 0, StatusKind(),
       "say over HTTP how the server is: /healthz, /readyz, /metrics, /status.json and a live "
       "page, /; a bare port is this machine's alone, 127.0.0.1; also [IPv6]:PORT or unix:/path",
       "off"},
      {"status-host", 0, StatusHostKind(),
       "a name by which the status port may be called, beside addresses and localhost; repeatable",
       ""},
      {"time-writes", 0, Switch("time_writes", &O::time_writes),
       "also measure what part of its time a worker takes to send, for --anatomy of "
       "switchboard-load",
       "{default}"},
      {"trace", 0, Switch("trace", &O::trace),
       "print what each caller says, one line a read, unprintable bytes escaped", "{default}"},
      {"log-level", 0,
       Word("log_level", &O::log_level,
            {{"error", LogLevel::kError},
             {"warn", LogLevel::kWarn},
             {"info", LogLevel::kInfo},
             {"debug", LogLevel::kDebug}}),
       "logfmt lines on standard error", "{default}"},
      {"user", 0, UserKind(),
       "started as root: become this user, by number, once all addresses are bound, with no other "
       "group, no capability and no way back; the group is by default the one of the same number",
       "whoever starts it"},
      {"check", 0, AddressRequest(),
       "serve nobody; call this numeric address or unix socket, and exit with 0 if it echoes 8 "
       "bytes within 2 seconds, else with 1: a readiness probe, as a call on hold fails",
       ""},
      {"version", 0, Request(), "print the version and exit", ""},
      {"help", 0, Request(), "print this and exit", ""},
  };
}

// The flag of Options::`field`; empty if there is no such field.
std::string FlagOf(std::string_view field) {
  for (const OptionRow& row : OptionTable()) {
    if (std::ranges::count(row.kind.fields, field) > 0) return std::string("--") + row.name;
  }
  return "";
}

}  // namespace

std::span<const OptionRow> OptionTable() {
  static const std::vector<OptionRow> table = MakeTable();
  return table;
}

void CheckOptions(const Options& options) {
  ProgramOptions all;
  static_cast<Options&>(all) = options;
  for (const OptionRow& row : OptionTable()) row.kind.check(all);
}

std::string WithFlagNames(const std::string& sentence) {
  constexpr std::string_view kPrefix = "Options::";
  std::string named;
  size_t done = 0;
  for (;;) {
    const size_t found = sentence.find(kPrefix, done);
    if (found == std::string::npos) return named + sentence.substr(done);
    const size_t begin = found + kPrefix.size();
    const size_t end =
        std::min(sentence.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", begin), sentence.size());
    const std::string flag = FlagOf(std::string_view(sentence).substr(begin, end - begin));
    named += sentence.substr(done, found - done);
    named += flag.empty() ? sentence.substr(found, end - found) : flag;
    done = end;
  }
}

}  // namespace switchboard
