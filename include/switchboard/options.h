// What a Server can be told. A plain value; every default is the command line's.

#ifndef SWITCHBOARD_OPTIONS_H_
#define SWITCHBOARD_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace switchboard {

enum class WhenFull {
  kHold,  // callers wait in the backlog
  kBusy,  // callers are accepted, told "busy\n" if there is a greeting, and hung up on
};

enum class LogLevel { kNone, kError, kWarn, kInfo, kDebug };

// One listening address and the service that answers there.
struct Listen {
  std::string address;  // "[ADDRESS:]PORT", "[IPv6]:PORT", "HOST:PORT", "unix:/path", "unix:@name"
  std::string service = "echo";
  // Every call begins with the header in which a proxy says who calls, PROXY protocol 1 or 2, and
  // which no other part of the server sees.
  bool proxy = false;
};

// A socket that listens already: a service manager or another process has made it.
struct Socket {
  int descriptor = -1;
  std::string service;  // who answers there if `listen` has no such address; empty: nobody
};

struct Options {
  std::vector<Listen> listen;  // empty: port 8000 of every IPv4 and IPv6 address

  // The Server's from here on, made non-blocking and close-on-exec. One whose address is among
  // `listen` is used instead of a new one, and keeps its backlog; one with a service is served
  // anyhow, and then an empty `listen` stands for nothing; any other is closed, and listens no
  // more. As somebody else may hold a copy, who is on hold when the Server stops is left there, and
  // the file of a unix socket is not touched.
  std::vector<Socket> sockets;
  // The sockets that the Server makes are held by somebody else too, who will give them to the next
  // server: the files of unix sockets stay.
  bool sockets_stay = false;
  // Called by the constructor when all addresses are bound and none of its threads has been
  // started: the moment to give up what only binding needs. Its exceptions leave the constructor.
  std::function<void()> when_bound;

  int workers = 0;                             // threads of the common pool; 0: one for each CPU
  std::map<std::string, int> service_workers;  // services with a pool of their own

  // How long a worker takes for each read before the service answers, by service; for "" that is
  // every other. "5ms", "exp:5ms", "uniform:1ms-9ms", "lognormal:5ms:2" (mean, and the standard
  // deviation of the logarithms) or "file:PATH" (one of its lines), in which the worker sleeps;
  // after "cpu:", as in "cpu:exp:5ms", it keeps a CPU busy instead.
  std::map<std::string, std::string> service_times;
  int64_t service_seed = 1;  // the same seed draws the same times

  std::string greeting = "hello from server\n";  // echo's; at most 1000 bytes
  bool once = false;                             // echo hangs up after its first reply

  int64_t max_connections = 0;  // 0: what RLIMIT_NOFILE allows, less a reserve
  // Most live callers of one IPv4 address or IPv6 /64, not counting unix sockets; who calls beyond
  // is treated as by WhenFull::kBusy. 0: no limit.
  int64_t max_per_address = 0;
  WhenFull when_full = WhenFull::kHold;
  int backlog = 4096;
  int unix_mode = -1;  // permissions of the files of unix sockets, 0 to 0777; -1: as the umask says

  int64_t idle_timeout_ms = 0;       // 0: never
  int64_t write_timeout_ms = 60000;  // 0: never
  // What Server::Stop begins, one after the other; each is left out if it is 0. First the server
  // is a lame duck: it serves as before, but Server::phase says that it will stop, so that whoever
  // spreads callers over servers sends no more. Then no new callers are taken, and those on the
  // line may hang up by themselves. Then replies under way are finished, for at most as long.
  int64_t lame_duck_ms = 0;
  int64_t drain_callers_ms = 0;
  int64_t drain_timeout_ms = 5000;
  // A silent caller's host is asked after so many seconds whether it is still there; 0: never. TCP.
  int keepalive_seconds = 60;

  // Whose headers are believed, for each Listen behind a proxy: IP addresses, networks as in
  // "10.0.0.0/8", or "unix" for every caller of a unix socket. Anybody else is hung up on.
  std::vector<std::string> proxy_from;
  int64_t proxy_timeout_ms = 5000;  // until a header is whole, at least 3000

  int read_buffer_bytes = 256 << 10;  // most that one read takes, 1 KiB to 16 MiB
  int socket_buffer_bytes = 0;        // SO_SNDBUF and SO_RCVBUF; 0: the kernel's own sizing

  bool time_writes = false;  // counts Stats::write_time: two looks at the clock more a turn
  bool trace = false;        // what each caller says, on standard output
  LogLevel log_level = LogLevel::kInfo;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_OPTIONS_H_
