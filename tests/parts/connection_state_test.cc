// Every interleaving of a reactor, a worker and the kernel over one connection's state word.
//
// The three are played by one thread, a step at a time: each step holds at most one operation on
// the word, and every order of the steps is tried. A run is right if the connection never has two
// owners and nothing is left over when nobody has anything to do: all data read and echoed, the
// hang-up honoured, or a connection that the caller has reset closed. The same runs with a mistake
// in the hand-over must fail, or they would prove nothing.

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "src/connection/state.h"

namespace switchboard::test {
namespace {

enum class Mistake {
  kNone,
  kClearsBeforeListing,  // the worker gives the connection away, then looks whether it should have
  kForgetsAfterSending,  // the worker clears kWritable after the send that found no room
  kHandsBackUnread,      // the worker hands back without looking for what came in meanwhile
  kForgetsWhomItSkips,   // the worker does not list a connection that the caller has reset
};

class World {
 public:
  // `resets`: the caller does so, at any moment, instead of saying more than one thing.
  World(Mistake mistake, bool resets)
      : mistake_(mistake), data_to_come_(resets ? 1 : 2), reset_to_come_(resets) {
    state_.Drained();
  }

  enum Actor { kData, kRoom, kStop, kReset, kReactor, kWorker, kActors };

  bool CanStep(Actor actor) const {
    switch (actor) {
      case kData:
        return data_to_come_ > 0 && !reset_;
      case kRoom:
        return room_to_come_ && !reset_;
      case kStop:
        return stop_to_come_ && !closed_;
      case kReset:
        return reset_to_come_ && !closed_;
      case kReactor:
        return turn_ != Turn::kNone || edges_ != 0 || listed_;
      default:
        return job_ != Job::kNone;
    }
  }

  void Step(Actor actor) {
    switch (actor) {
      case kData:
        --data_to_come_;
        unread_ = true;
        edges_ |= ConnectionState::kReadable;
        return;
      case kRoom:
        room_to_come_ = false;
        room_ = true;
        edges_ |= ConnectionState::kWritable;
        return;
      case kStop:
        stop_to_come_ = false;
        edges_ |= ConnectionState::kLastTurn;
        return;
      case kReset:
        reset_to_come_ = false;
        reset_ = true;
        edges_ |= ConnectionState::kReadable | ConnectionState::kWritable |
                  ConnectionState::kPeerClosed | ConnectionState::kReset;
        return;
      case kReactor:
        return StepReactor();
      default:
        return StepWorker();
    }
  }

  bool right_so_far() const { return right_; }
  bool AllDone() const { return reset_ ? closed_ : !unread_ && !unsent_ && hung_up_; }

 private:
  enum class Turn { kNone, kBegin, kRead, kDrained };
  enum class Job { kNone, kSend, kForget, kSendRest, kForgetLate, kFinish, kListIfNeeded };

  // Like Reactor: edges first, then the ready list, then the turn of a connection that it owns.
  void StepReactor() {
    switch (turn_) {
      case Turn::kNone:
        if (edges_ != 0) {
          const uint32_t edges = edges_;
          edges_ = 0;
          if (state_.Note(edges)) turn_ = Turn::kBegin;
        } else {
          listed_ = false;
          state_.TakeBack();
          turn_ = Turn::kBegin;
        }
        if (turn_ == Turn::kBegin && job_ != Job::kNone) right_ = false;  // two owners
        return;
      case Turn::kBegin:
        return BeginTurn();
      case Turn::kRead:
        // The kernel may be given more between the read and Drained().
        read_something_ = unread_;
        unread_ = false;
        turn_ = Turn::kDrained;
        if (reset_ && !read_something_) Close();
        return;
      case Turn::kDrained:
        if (!state_.Has(ConnectionState::kPeerClosed)) state_.Drained();
        unsent_ = read_something_;
        turn_ = Turn::kNone;
        if (unsent_) {
          Schedule();
        } else if (state_.Has(ConnectionState::kLastTurn)) {
          hung_up_ = true;
        }
        return;
    }
  }

  void BeginTurn() {
    turn_ = Turn::kNone;
    if (broken_) {
      Close();
    } else if (unsent_) {
      if (state_.Has(ConnectionState::kWritable)) Schedule();
    } else if (state_.Has(ConnectionState::kReadable)) {
      turn_ = Turn::kRead;
    } else if (state_.Has(ConnectionState::kLastTurn)) {
      hung_up_ = true;
    }
  }

  void Close() {
    closed_ = true;
    turn_ = Turn::kNone;
    edges_ = 0;
  }

  void Schedule() {
    state_.Schedule();
    job_ = Job::kSend;
  }

  // Like Connection::Serve: a send that does not take all, and then one that may find no room.
  void StepWorker() {
    switch (job_) {
      case Job::kSend:
        if (state_.Has(ConnectionState::kReset)) return Skip();
        job_ = mistake_ == Mistake::kForgetsAfterSending ? Job::kSendRest : Job::kForget;
        return;
      case Job::kForget:
        state_.ForgetWritable();
        job_ = Job::kSendRest;
        return;
      case Job::kSendRest:
        if (reset_) return Break();
        unsent_ = !room_;
        job_ =
            unsent_ && mistake_ == Mistake::kForgetsAfterSending ? Job::kForgetLate : Job::kFinish;
        return;
      case Job::kForgetLate:
        state_.ForgetWritable();
        job_ = Job::kFinish;
        return;
      case Job::kFinish:
        return Finish();
      default:
        job_ = Job::kNone;
        if (state_.Has(ConnectionState::kReadable | ConnectionState::kLastTurn)) listed_ = true;
    }
  }

  // The send fails, or is not tried: the reactor has to see it.
  void Break() {
    job_ = Job::kNone;
    broken_ = true;
    listed_ = true;
  }

  void Skip() {
    Break();
    if (mistake_ == Mistake::kForgetsWhomItSkips) listed_ = false;
  }

  void Finish() {
    job_ = Job::kNone;
    if (unsent_) {
      listed_ = true;
    } else if (mistake_ == Mistake::kClearsBeforeListing) {
      state_.TakeBack();
      job_ = Job::kListIfNeeded;
    } else if (mistake_ == Mistake::kHandsBackUnread) {
      state_.TakeBack();
    } else {
      listed_ = !state_.HandBack();
    }
  }

  const Mistake mistake_;
  ConnectionState state_;

  int data_to_come_;
  bool reset_to_come_;
  bool room_to_come_ = true;
  bool stop_to_come_ = true;

  bool reset_ = false;
  bool unread_ = false;  // in the socket
  bool room_ = false;
  uint32_t edges_ = 0;  // what epoll_wait would report
  bool listed_ = false;

  Turn turn_ = Turn::kNone;
  bool read_something_ = false;
  bool unsent_ = false;
  Job job_ = Job::kNone;
  bool hung_up_ = false;
  bool broken_ = false;  // a worker has found it so
  bool closed_ = false;
  bool right_ = true;
};

struct Explored {
  int64_t runs = 0;
  int64_t wrong = 0;
  std::string first_wrong;  // its steps
};

std::string Describe(const std::vector<World::Actor>& steps) {
  const char* const names[] = {"data ", "room ", "stop ", "reset ", "reactor ", "worker "};
  std::string text;
  for (const World::Actor step : steps) text += names[step];
  return text;
}

// The state word cannot be copied, so each run is played again from its beginning.
void Explore(Mistake mistake, bool resets, std::vector<World::Actor>& steps, Explored& explored) {
  World world(mistake, resets);
  for (const World::Actor step : steps) world.Step(step);
  bool over = true;
  for (int i = 0; i < World::kActors && world.right_so_far(); ++i) {
    const auto actor = static_cast<World::Actor>(i);
    if (!world.CanStep(actor)) continue;
    over = false;
    steps.push_back(actor);
    Explore(mistake, resets, steps, explored);
    steps.pop_back();
  }
  if (!over) return;
  ++explored.runs;
  if (world.right_so_far() && world.AllDone()) return;
  if (explored.wrong++ == 0) explored.first_wrong = Describe(steps);
}

Explored ExploreAll(Mistake mistake, bool resets = false) {
  Explored explored;
  std::vector<World::Actor> steps;
  Explore(mistake, resets, steps, explored);
  return explored;
}

TEST_CASE("EveryInterleavingOfTheHandOverIsRight") {
  for (const bool resets : {false, true}) {
    const Explored explored = ExploreAll(Mistake::kNone, resets);
    INFO("wrong: " << explored.first_wrong);
    CHECK(explored.runs > 1000);
    CHECK(explored.wrong == 0);
  }
}

TEST_CASE("ClearingBeforeListingIsCaught") {
  CHECK(ExploreAll(Mistake::kClearsBeforeListing).wrong > 0);
}

TEST_CASE("ForgettingRoomAfterSendingIsCaught") {
  CHECK(ExploreAll(Mistake::kForgetsAfterSending).wrong > 0);
}

TEST_CASE("ForgettingAConnectionThatIsSkippedIsCaught") {
  CHECK(ExploreAll(Mistake::kForgetsWhomItSkips, true).wrong > 0);
}

TEST_CASE("HandingBackUnreadDataIsCaught") {
  CHECK(ExploreAll(Mistake::kHandsBackUnread).wrong > 0);
}

}  // namespace
}  // namespace switchboard::test
