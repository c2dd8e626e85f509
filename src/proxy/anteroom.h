// Where the callers of a listener behind a proxy wait: until the header of their proxy is whole,
// and then, if the server is full, for a place. Nobody here has been greeted or is known to a
// service yet.
//
// A header is read as far as it goes and no further, so that what follows it is what the service
// reads first. It has a time from the moment of the call on, however often a byte comes.
//
// Owned by the Acceptor. Reactor thread only.

#ifndef SWITCHBOARD_SRC_PROXY_ANTEROOM_H_
#define SWITCHBOARD_SRC_PROXY_ANTEROOM_H_

#include <cstdint>
#include <map>
#include <string>

#include "src/base/log.h"
#include "src/base/thread_checker.h"
#include "src/books/counters.h"
#include "src/connection/event_source.h"
#include "src/linux/address.h"
#include "src/linux/epoll.h"
#include "src/linux/fd.h"
#include "src/listening/listener.h"
#include "src/proxy/trusted_peers.h"

namespace switchboard {

struct ProxyHeader;

class Anteroom {
 public:
  struct Config {
    TrustedPeers trusted;
    int64_t timeout_ms;
  };

  struct Guest {
    sys::Fd fd;
    const Listener* listener;
    sys::Address caller;  // the proxy until the header names somebody else
    bool named = false;   // by the header
    int64_t due_ms = 0;   // when the header must be whole
    std::string read;     // of the header, so far
  };

  // All references outlive it.
  Anteroom(Config config, sys::Epoll& epoll, ReactorCounters& counters, Log& log);

  // A caller whom `listener` has accepted; `peer` is the proxy.
  void Enter(sys::Fd fd, const Listener& listener, const sys::Address& peer, int64_t now_ms);
  // More of a header has come. An event of a guest who has left means nothing.
  void HandleEvent(const EventSource& source);
  // Ends those whose header took too long.
  void EndLate(int64_t now_ms);
  // The server stops: who has no whole header by now is ended.
  void EndAwaited();

  // All who are here.
  size_t guests() const { return awaited_.size() + callers_.size() + checks_.size(); }
  // Whose headers are whole: callers, and proxies that call for themselves.
  size_t callers() const { return callers_.size(); }
  size_t checks() const { return checks_.size(); }
  // There is one.
  Guest TakeFirstCaller() { return Take(callers_, callers_.begin()); }
  Guest TakeLastCaller() { return Take(callers_, std::prev(callers_.end())); }
  Guest TakeCheck() { return Take(checks_, checks_.begin()); }

  int64_t first_due_ms() const;

 private:
  // By the order in which they came, which is also that of their deadlines.
  using Guests = std::map<uint64_t, Guest>;

  static Guest Take(Guests& from, Guests::iterator guest);
  static EventSource SourceOf(uint64_t number);

  bool Read(Guests::iterator guest);
  bool ReadMore(Guests::iterator guest);
  void Announce(Guests::iterator guest, const ProxyHeader& header);
  void OnGone(Guests::iterator guest);
  void NoteNoMemory();
  void Refuse(Guests::iterator guest, Counter& counter, std::string_view reason);
  void End(Guests::iterator guest, bool reset);

  const Config config_;
  sys::Epoll& epoll_;
  ReactorCounters& counters_;
  Log& log_;
  ThreadChecker reactor_thread_;

  uint64_t last_number_ = 0;
  Guests awaited_;  // their headers
  Guests callers_;
  Guests checks_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROXY_ANTEROOM_H_
