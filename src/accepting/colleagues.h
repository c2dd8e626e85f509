// What a process that is one of several knows of the others: whose turn it is to take a caller, and
// how many lines all of them have left. The Acceptor asks; the shell around the server that starts
// the processes answers (src/processes/colleague_processes.h).
//
// All of them watch the same listening sockets. EPOLLEXCLUSIVE, epoll_ctl(2), wakes at least one of
// those that sleep for a caller, and others that are awake are told too. So that no process takes
// more than its share, and nobody waits for one that cannot:
// - whoever is told accepts until nobody waits, or until it has its share: one more than the
//   fewest that a process has, and an eighth of the mean;
// - then it hands over: it pokes the one with the fewest, which looks at the backlog, and does the
//   same in its turn. 10 ms later it looks back; if somebody still waits, it pokes all and takes 4
//   itself, whatever its share. So a colleague that is slow or stuck, or has died on the way, keeps
//   nobody waiting;
// - whoever could accept nobody and can again looks at the backlog;
// - of a process that dies or is stopped the parent pokes all others, as it may have been told of
//   callers and not have accepted them.
//
// Reactor thread only. It outlives the server.

#ifndef SWITCHBOARD_SRC_ACCEPTING_COLLEAGUES_H_
#define SWITCHBOARD_SRC_ACCEPTING_COLLEAGUES_H_

#include <cstddef>
#include <cstdint>

namespace switchboard {

class Colleagues {
 public:
  // This process's among them, from 0; and how many there are.
  virtual size_t number() const = 0;
  virtual size_t count() const = 0;
  // Whether this one says what is true of all of them, at the start.
  virtual bool SpeaksForAll() const = 0;
  // How many descriptors it holds open for this.
  virtual int64_t descriptors() const = 0;

  // What to watch for pokes, edge-triggered; and what to call before looking at the backlogs then.
  virtual int poke_fd() const = 0;
  virtual void TakePoke() = 0;
  virtual void PokeAll() = 0;

  // A line for one caller more, before it is known whether there is one. It is used or given back
  // next.
  enum class Claim {
    kGranted,
    kAwaited,  // the last ones are claimed: whoever uses such a claim pokes all, whoever gives it
               // back looks at the backlogs
    kRefused,  // all processes together have as many callers as they may
  };
  [[nodiscard]] virtual Claim ClaimLine() = 0;
  virtual void UseLine() = 0;
  // These are true if somebody has found no line free: whoever frees it looks at the backlog.
  [[nodiscard]] virtual bool GiveBackLine() = 0;
  [[nodiscard]] virtual bool FreeLine() = 0;

  // Whether all processes together may have one caller more: now, and if those lines do not count
  // that may be given back.
  virtual bool LineIsFree() const = 0;
  virtual bool LineMayBeFree() const = 0;

  // How many callers more this process may take before it is another's turn; kNoLimit if no other
  // can accept.
  static constexpr int64_t kNoLimit = INT64_MAX;
  virtual int64_t MoreUntilShare() const = 0;
  // Has another look at the backlog. False if no line is free, or if no other can accept.
  virtual bool HandOver() = 0;
  // Tells the others whether this process can accept, and how many callers behind a proxy have not
  // been announced yet.
  virtual void Tell(bool can_accept, int64_t guests) = 0;
  // Whether there are such callers at another.
  virtual bool OthersHaveGuests() const = 0;

  // Whether all processes stop, and not just this one.
  virtual bool AllStop() const = 0;

 protected:
  ~Colleagues() = default;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_ACCEPTING_COLLEAGUES_H_
