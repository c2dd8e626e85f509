// One thread of a run: an epoll loop, the connections it owns and what it counts.
//
// The run has three stages, which every loop enters by itself from the times in Control: all
// connections open and prove themselves with one message each; then they run, first unmeasured
// (warm-up), then measured; then nothing new is sent and what is owed is waited for.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_EVENT_LOOP_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_EVENT_LOOP_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "bench/load/run/client.h"
#include "bench/load/run/plan.h"
#include "bench/load/run/schedule.h"

namespace switchboard::load {

// What the starter of a run tells its loops. Written by the starter, who then wakes them.
struct Control {
  explicit Control(uint64_t messages) : quota(messages) {}

  std::atomic<int64_t> run_ns{Window::kNever};      // warm-up begins
  std::atomic<int64_t> start_ns{Window::kNever};    // the measured part begins
  std::atomic<int64_t> end_ns{Window::kNever};      // it ends
  std::atomic<int64_t> give_up_ns{Window::kNever};  // and replies are waited for no longer
  Quota quota;                                      // the loops' own
};

// What a loop tells while it runs. Written by its thread only.
struct Progress {
  std::atomic<int> ready{0};     // connections that echo
  std::atomic<int> suspects{0};  // connections that echoed something wrong
  std::atomic<uint64_t> messages{0};
  std::atomic<uint64_t> errors{0};
  std::atomic<uint64_t> calls{0};  // that a schedule asked for so far
  std::atomic<int64_t> p99_ns{0};  // of the last full second
  std::atomic<bool> done{false};
};

class EventLoop {
 public:
  // EventLoop `index` of plan.options.threads. Both references must outlive it.
  EventLoop(const Plan& plan, Control& control, int index);

  // The thread's body: returns when the run is over. Once.
  void Run();

  // Any thread: makes Run look at Control again.
  void Wake() { wake_.Signal(); }
  const Progress& progress() const { return progress_; }

  // The starter's side of its slices.
  SliceOutbox& slices() { return context_.tally.slices; }

  // After Run returned.
  const Tally& tally() const { return context_.tally; }
  // No connection of any loop has a number from this on.
  uint64_t connections_end() const { return context_.next_id; }
  int ready_at_start() const { return ready_at_start_; }
  const Attendance& attendance() const { return context_.attendance; }
  // Length of the measured part; 0 if the run ended before it.
  int64_t measured_ns() const;

 private:
  void EnterStages(int64_t now_ns);
  void StartRunning();
  void StartMeasuring();
  void StartDraining(int64_t now_ns);
  bool Drained(int64_t now_ns);
  void HalfCloseAll(int64_t now_ns);
  Observer* MyObserver() const;

  void Handle(const epoll_event& event);
  void HangUpDue(int64_t now_ns);
  void OpenDue(int64_t now_ns);
  void StartCallsDue(int64_t now_ns);
  void OfferDue();
  bool OfferOne();
  bool OfferToSomeone(const Message& message, int64_t now_ns);
  size_t MostInFlight() const;
  double Phase() const;
  Client* NextReady();
  void SortOutClosed(int64_t now_ns);
  int64_t NextDueNs() const;
  std::span<epoll_event> Wait(std::span<epoll_event> events);
  int MostOpening() const;
  void Publish();

  Control& control_;
  const int index_;
  Context context_;
  sys::EventFd wake_;
  std::vector<Client> clients_;

  // Connections to be opened, and not before when. In order of that time.
  struct ToOpen {
    Client* client;
    int64_t not_before_ns;
  };
  std::deque<ToOpen> to_open_;
  int64_t next_retry_ns_ = 0;  // of the last of those in to_open_ that have failed
  std::vector<Client*> free_;  // scheduled calls: connections without a call
  Schedule open_schedule_;     // --connect-rate
  Schedule call_schedule_;     // --calls-per-second
  Schedule message_schedule_;  // --rate
  uint64_t calls_due_ = 0;
  std::deque<Message> unsent_;  // that were due while no connection was open
  size_t next_ready_ = 0;

  bool measuring_ = false;
  int64_t drain_started_ns_ = 0;
  bool half_closed_ = false;
  int64_t last_progress_ns_ = 0;
  uint64_t last_verified_ = 0;

  int ready_at_start_ = 0;

  size_t seconds_published_ = 0;
  Progress progress_;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_EVENT_LOOP_H_
