// A caller of the simulated server: says bytes that only it can say, checks what comes back byte by
// byte, and ends as its plan says.

#ifndef SWITCHBOARD_TESTS_SIM_WORLD_CALLER_H_
#define SWITCHBOARD_TESTS_SIM_WORLD_CALLER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/sim/kernel/machine.h"

namespace switchboard::sim {

// What a service answers to a caller.
enum class Answer { kEcho, kNothing, kPattern };

struct CallerPlan {
  enum class Ending {
    kClose,      // when it has everything
    kHalfClose,  // when it has said everything; then it reads to the end
    kReset,      // in the middle
    kStay,       // says no more, and waits until it is hung up on
    kDeaf,       // says everything, reads nothing, and waits until it is hung up on
  };

  uint16_t port = 0;
  Answer answer = Answer::kEcho;
  std::string greeting;
  std::string header;  // of a proxy: what comes before all that it says
  int64_t starts_ns = 0;
  size_t says_bytes = 0;
  size_t hears_bytes = 0;                // of an answer without an end: when it has had enough
  size_t most_at_once = 1000;            // in one send or receive
  size_t ahead_bytes = 100'000;          // most that it says without an answer
  int64_t pause_ns = 0;                  // most that it pauses, now and then
  int64_t hears_every_ns = 0;            // it reads once in so long; 0: whenever there is something
  int64_t patience_ns = 10'000'000'000;  // how long it waits to be hung up on
  SocketSettings socket;
  Ending ending = Ending::kClose;
  bool holds_the_line = false;  // does not hang up when the server has
};

class Caller : public Actor {
 public:
  Caller(Machine& machine, int number, const CallerPlan& plan);

  bool Step() override;
  int64_t due_ns() const override;

  bool done() const { return done_; }
  // Whether a fault, itself, or the server's limit has ended the call before its time.
  bool hit() const { return hit_ || (stream_ != nullptr && stream_->hit); }
  bool turned_away() const { return turned_away_; }
  bool refused() const { return refused_; }
  // All that it could expect has come.
  bool HasEverything() const;
  // It does not end the call by itself.
  bool WaitsToBeHungUpOn() const;
  size_t said_bytes() const { return said_bytes_; }
  size_t heard_bytes() const { return heard_bytes_; }
  // What is wrong with what it heard; empty if nothing is.
  const std::string& complaint() const { return complaint_; }
  // When anything last moved between the two hosts, and when its call was over.
  int64_t moved_ns() const { return moved_ns_; }
  int64_t ended_ns() const { return ended_ns_; }
  // The longest that the server has let it wait for something it was owed.
  int64_t longest_wait_ns() const { return longest_wait_ns_; }
  const CallerPlan& plan() const { return plan_; }
  // From now on it does not pause.
  void Hurry();
  std::string Describe() const;

 private:
  size_t answered_bytes() const;
  void Dial();
  bool Say();
  bool SayHeader();
  bool Hear();
  bool Overhear();
  bool MayEnd();
  void NoteMoved();
  void NoteSilence();
  void NoteWait();
  bool IsOwed() const;
  void Check(const char* data, size_t size);
  char Expected(size_t place) const;
  void End();
  int64_t now_ns() const { return machine_.scheduler.now_ns(); }

  Machine& machine_;
  const int number_;
  CallerPlan plan_;
  std::shared_ptr<Stream> stream_;
  bool connected_ = false;  // or has been
  int64_t wakes_ns_;        // until then it does nothing
  int64_t hears_ns_ = 0;    // until then it does not read
  int64_t leaves_ns_ = kNeverNs;
  size_t header_bytes_ = 0;  // of it, said
  size_t said_bytes_ = 0;
  size_t heard_bytes_ = 0;
  size_t arrived_bytes_ = 0;  // read or not
  bool shut_ = false;
  bool hit_ = false;
  bool turned_away_ = false;
  bool refused_ = false;
  bool done_ = false;
  std::string complaint_;
  int64_t moved_ns_ = 0;
  int64_t ended_ns_ = 0;
  int64_t waits_since_ns_ = 0;  // its own pauses do not count
  int64_t longest_wait_ns_ = 0;
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_WORLD_CALLER_H_
