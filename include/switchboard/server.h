// The server: one reactor thread and fixed pools of worker threads behind it.
//
//   switchboard::Options options;
//   switchboard::Server server(options);  // listens from here on
//   server.Run();                         // until another thread, or a signal, calls Stop()
//
// Threads: Run() makes the calling thread the reactor. The other functions may be called
// from any thread while the Server lives. Signals are the program's own affair: none is touched
// here, and SIGPIPE is never raised.
//
// What else it does to the program around it:
// - A turn of a service is never cut short, nor one that waits for a worker left out. Run() returns
//   at most Options::drain_timeout_ms after the drain has begun, or when the last turn that was
//   under way or waited then has ended, if that is later: Service::GiveUp tells a service then that
//   it should not wait any longer.
// - An exception that leaves a turn of a service or its OnClose ends the program, std::terminate.
// - The constructor raises the limit of open descriptors (RLIMIT_NOFILE) of the process to its hard
//   limit. To keep the process below a limit, lower the hard one before, setrlimit(2). The soft one
//   may be set back afterwards; give Options::max_connections then, as its default is what the hard
//   limit allows.
// - The program may fork(2) at any time, also without exec: callers and listeners end as they would
//   have without the copies that the child holds. The Server stays with the parent. Its threads do
//   not exist in the child, which must not call or destroy it: a program that makes itself a daemon
//   does so before it makes the Server.

#ifndef SWITCHBOARD_SERVER_H_
#define SWITCHBOARD_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "switchboard/options.h"
#include "switchboard/service.h"
#include "switchboard/snapshot.h"
#include "switchboard/stats.h"

namespace switchboard {

struct BoundServer;

// How far a server is on its way to the end.
enum class Phase : uint8_t {
  kServing,       // until Stop
  kLameDuck,      // serves as before, and is to be sent no more callers; Options::lame_duck_ms
  kNoNewCallers,  // those on the line may hang up by themselves; Options::drain_callers_ms
  kDraining,      // replies under way are finished; Options::drain_timeout_ms
};

// "serving", "lame duck", "no new callers", "draining".
const char* ToString(Phase phase);

class Server {
 public:
  // Binds and listens on every address and starts the workers. `services` are added to the shipped
  // ones (README, "Departments") and replace those of the same name.
  // Throws std::invalid_argument for an option that makes no sense and std::runtime_error for a
  // machine that refuses (port in use, not permitted, no threads), both with one sentence that
  // names the field of Options, its value and the way out; std::bad_alloc if there is not enough
  // memory. Nothing is left listening then.
  explicit Server(const Options& options, const Services& services = {});
  // The program's own way to make one (src/bound_server.h).
  explicit Server(BoundServer bound);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where callers can reach it, "192.168.0.105:8000" and the like; a wildcard is expanded to the
  // machine's addresses, IPv4 first, loopback only if there is nothing else; "[::]:8000" if the
  // kernel does not say which those are.
  std::vector<std::string> Addresses() const;

  // A listening socket, which stays the Server's; a copy of it may be given to somebody else.
  struct Listening {
    int descriptor;
    std::string address;  // "[::]:8000", as it is bound
  };
  std::vector<Listening> ListeningSockets() const;

  // Serves until Stop(), then goes through the phases that have time, the last of which is the
  // drain: it finishes the replies under way for at most Options::drain_timeout_ms, and returns
  // with no connection left. Who is on hold when callers are taken no more is taken all the same,
  // as closing a listening socket would reset it. Call once.
  void Run();

  // Begins the end. Any thread, any number of times, also before Run().
  void Stop();
  // Ends the present phase before its time. False if there is none that can be ended: before
  // Stop(), and in the drain. Any thread.
  bool EndPhase();
  Phase phase() const;  // any thread

  // Any thread. The first needs no memory from the heap.
  Stats GetStats() const;
  Snapshot GetSnapshot() const;

  // Any thread, while it runs: whether the reactor is alive. WakeReactor makes it go round, which
  // ReactorRounds then shows.
  void WakeReactor();
  uint64_t ReactorRounds() const;

  // How a pool gets on: one that stays full and begins no turn is stuck.
  struct PoolProgress {
    std::string_view name;
    bool full;       // a turn that comes now has to wait
    uint64_t begun;  // turns, since the start
  };
  // Any thread; `pool` as in Snapshot::pools. Neither needs memory from the heap.
  size_t PoolCount() const;
  PoolProgress ProgressOf(size_t pool) const;

  void LogStats();  // any thread: the same as one line of the log

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SERVER_H_
