// Accepts callers from every listening socket, and knows when not to.
//
// Owned by the Reactor. Reactor thread only, but for Register, which comes before it runs, and
// ListenOverflows.
//
// Edge-triggered epoll reports callers once, so each listener remembers whether its backlog may
// still hold some (`pending`). Two things keep the acceptor from accepting them: the limit of
// connections, until one of them closes, and an accept(2) that fails for another reason than a
// single caller's, until the next try, which comes when a connection closes or after a short time.
// Callers at the limit who are to be told so are taken at a bounded rate, as they often call again
// at once: the time for that is taken from those on the line. A listener behind a proxy also
// accepts at the limit of connections, as only the header tells a caller from the proxy's own
// check, which has an answer then too; callers wait in the anteroom. Descriptors and memory are
// short for all listeners, but each finds that out by itself: what a security module forbids to one
// of them does not hold up the others.
//
// If the server is several processes, each of them accepts no more than its share and hands over to
// another, as colleagues.h says.

#ifndef SWITCHBOARD_SRC_ACCEPTING_ACCEPTOR_H_
#define SWITCHBOARD_SRC_ACCEPTING_ACCEPTOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "src/accepting/colleagues.h"
#include "src/accepting/lines.h"
#include "src/accepting/place.h"
#include "src/base/log.h"
#include "src/base/mutex.h"
#include "src/base/thread_checker.h"
#include "src/books/counters.h"
#include "src/linux/epoll.h"
#include "src/listening/listener.h"
#include "src/proxy/anteroom.h"
#include "switchboard/options.h"

namespace switchboard {

class Acceptor {
 public:
  struct Config {
    Lines::Config lines;
    Anteroom::Config proxy;
  };

  // Takes the callers that are let in.
  class Client {
   public:
    // A new caller of `listener` on `fd`, to be served, or to be told "busy" and hung up on, as
    // `place` says. `caller` is who calls, by what a proxy has said if `named`. When it is gone,
    // OnClosed is told what place it had.
    virtual void Admit(sys::Fd fd, const Listener& listener, const Place& place,
                       const sys::Address& caller, bool named) = 0;

   protected:
    ~Client() = default;
  };

  // All references outlive the acceptor.
  Acceptor(Config config, std::vector<std::unique_ptr<Listener>> listeners, Client& client,
           sys::Epoll& epoll, ReactorCounters& counters, Log& log);

  // Puts the listeners into the epoll set; throws std::runtime_error if the kernel refuses.
  void Register();
  // Callers have come to a listener. One that has been closed is no listener any more.
  void HandleEvent(const EventSource& source);
  // What colleagues poke this process with when they hand over, -1 if there are none.
  int poke_fd() const { return colleagues_ ? colleagues_->poke_fd() : -1; }
  void HandlePoke();
  // A proxy has said more of a header.
  void HandleGuest(const EventSource& source) { anteroom_.HandleEvent(source); }
  // Accepts until every backlog is empty, a limit is met, or the budget of one round is spent.
  void AcceptPending(int64_t now_ms);
  // A connection of the server has closed: there may be room again.
  void OnClosed(const Place& place);
  // Takes whoever is on hold, and as soon as nobody is, closes the listening sockets: callers are
  // refused from then on. A socket that is closed resets those on hold, unless it was adopted.
  void BeginClosing();
  // Closes them at once. Who waits behind a proxy's header that is whole is let in, or told "busy".
  void Close();
  bool closed() const { return listeners_.empty(); }

  // Whether AcceptPending has something to do at once, and otherwise when: sys::kNever if not by
  // itself.
  bool HasWork(int64_t now_ms) const;
  int64_t retry_due_ms() const;

  // Any thread: calls visit(const Listener&) for each that is open.
  template <typename Visit>
  void ForEachListener(Visit visit) {
    MutexLock lock(closing_mutex_);
    for (const auto& listener : listeners_) visit(*listener);
  }

  // Tries of callers that the listeners dropped, their backlogs being full as a rule; -1 if the
  // kernel does not say. Any thread.
  int64_t ListenOverflows();

  const std::vector<std::unique_ptr<Listener>>& listeners() const { return listeners_; }

 private:
  // Callers accepted from one listener in a round, so that those already connected have their turn.
  static constexpr int kRoundBudget = 64;
  // How long a colleague has to take who was handed over to it, or to settle what it has claimed.
  static constexpr int64_t kLookBackMs = 10;

  enum class Outcome { kAccepted, kLost, kStopped };

  // When to look at a backlog.
  bool HasWork(const Listener& listener, int64_t now_ms) const;
  int64_t DueMs(const Listener& listener) const;
  bool IsDue(const Listener& listener, int64_t now_ms) const;
  bool MayAccept(const Listener& listener) const;

  // One look: up to a budget of callers, each of which ends in one of the outcomes.
  bool AcceptFrom(Listener& listener, int64_t now_ms);
  Outcome AcceptOne(Listener& listener, int64_t now_ms);
  bool MayAcceptWithout(Lines::Claim claim, Listener& listener, int64_t now_ms);
  void SetPending(Listener& listener, bool pending);
  Outcome OnAccepted(Listener& listener, sys::Fd fd, const sys::Address& peer, bool claimed,
                     int64_t now_ms);
  Outcome OnNobody(Listener& listener, int error, int64_t now_ms);
  Outcome OnLost(Listener& listener, int error, int64_t now_ms);
  Outcome OnFailed(Listener& listener, int error, int64_t now_ms);

  // From a backlog, or from the anteroom, onto the line.
  Outcome LetIn(sys::Fd fd, const Listener& listener, Place place, const sys::Address& caller,
                bool named);
  void LetIn(Anteroom::Guest guest, Standing standing);
  void LetGuestsIn();
  bool EnterAddress(const sys::Address& peer, Place& place);
  void GiveBackLine();

  // Closing the listeners.
  void CloseIfNobodyIsOnHold(bool accepted);
  int64_t SumOfDrops() const;

  // What keeps it from accepting: the limit, and the machine. In pausing.cc.
  void NoteFull();
  void EndFull();
  void Pause(Listener& listener, int error, int64_t now_ms);
  void Resume(Listener& listener);
  bool IsFailing() const;
  void NotePaused();

  // One of several processes: its share, and what it leaves to others. In sharing.cc.
  bool MayLook(const Listener& listener, int64_t now_ms) const;
  bool IsLate(const Listener& listener, int64_t now_ms) const;
  int BudgetOf(const Listener& listener, int64_t now_ms) const;
  void BeginLook(Listener& listener, int64_t now_ms);
  void HandOver(Listener& listener, int64_t now_ms);
  void MarkBacklogs();
  void PokeOthersIfTheyGoOn();
  void LookForWhomALineIsFree();
  void TellColleagues();

  Colleagues* const colleagues_;  // nullptr unless the server is several processes
  std::vector<std::unique_ptr<Listener>> listeners_;  // changed with closing_mutex_ held
  Client& client_;
  ReactorCounters& counters_;
  Log& log_;
  ThreadChecker reactor_thread_;

  sys::Epoll& epoll_;
  Anteroom anteroom_;
  Lines lines_;
  bool full_ = false;  // at the limit with callers waiting: a close ends it
  bool told_can_accept_ = true;
  bool closing_ = false;

  // Keeps the listeners open while another thread asks them something.
  Mutex closing_mutex_;
  int64_t overflows_at_close_ GUARDED_BY(closing_mutex_) = -1;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_ACCEPTING_ACCEPTOR_H_
