// What one thread of a run counts. Its thread writes it; everybody else reads it after the join,
// but for `slices`, which the starter of the run collects meanwhile.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_TALLY_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_TALLY_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "bench/load/measure/report.h"
#include "bench/load/run/message_queue.h"
#include "bench/load/run/slice_outbox.h"

namespace switchboard::load {

// The measured part of the run. Until it is known it lies in the infinite future.
struct Window {
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  int64_t start_ns = kNever;
  int64_t end_ns = kNever;

  bool Contains(int64_t time_ns) const { return time_ns >= start_ns && time_ns < end_ns; }
};

// A connection whose echo was wrong, kept until all threads are done and it can be explained.
struct Capture {
  uint64_t connection;
  uint64_t offset;  // of the first wrong byte
  uint64_t sent = 0;
  std::vector<char> received;
  bool complete = true;  // false: more came than is kept, or may have been on its way
};

class Tally {
 public:
  Window window;

  int64_t in_time_ns = -1;  // who is answered so soon is counted

  Report part;  // of the report, that this thread adds; without options, machine and verdict
  int64_t last_answer_ns = 0;
  uint64_t error_count = 0;

  uint64_t longest_stream = 0;  // bytes sent on the connection that sent most
  std::vector<Capture> captures;

  SliceOutbox slices;  // of the latency, and before the measured part of what would be in it

  // Messages intended before it are in no count of answers: those that only prove a connection
  // (their time is kNoTime), and those of the warm-up where a number of messages was asked for.
  int64_t counted_from_ns = 0;

  // A message that was due at `intended_ns` waits for its reply, or `count` do no longer.
  void Began(int64_t intended_ns, int64_t now_ns) {
    const int64_t from = std::clamp(intended_ns, window.start_ns, window.end_ns);
    const int64_t to = std::clamp(now_ns, window.start_ns, window.end_ns);
    in_flight_area_ += static_cast<double>(to - from);
    ChangeInFlight(now_ns, 1);
  }
  void Ended(int64_t now_ns, int64_t count = 1) { ChangeInFlight(now_ns, -count); }
  int64_t in_flight() const { return in_flight_; }
  // The integral over the measured part of messages in flight, message-nanoseconds.
  double in_flight_area() const { return in_flight_area_; }

  void Answered(const Message& message, uint32_t size, int64_t now_ns) {
    if (window.Contains(message.intended_ns)) RecordLatency(message, now_ns);
    if (message.intended_ns < counted_from_ns) return;
    if (now_ns < window.start_ns) slices.Record(now_ns - message.intended_ns);
    if (!window.Contains(now_ns)) return;
    last_answer_ns = now_ns;
    ++part.messages;
    part.bytes += size;
    Second& second = SecondAt(now_ns);
    ++second.messages;
    second.bytes += size;
    if (now_ns - message.intended_ns <= in_time_ns) {
      ++part.in_time;
      ++second.in_time;
    }
    second.latency.Record(now_ns - message.intended_ns);
    part.bins.At(now_ns - window.start_ns).latency.Record(now_ns - message.intended_ns);
  }

  // A message whose caller hung up before its echo came, and the caller.
  void Abandoned(const Message& message, int64_t now_ns) {
    if (window.Contains(message.intended_ns)) RecordLatency(message, now_ns);
    if (message.intended_ns < counted_from_ns || !window.Contains(now_ns)) return;
    last_answer_ns = now_ns;
    ++part.abandoned;
    ++SecondAt(now_ns).abandoned;
  }
  void HungUp(int64_t now_ns) { part.hang_ups += window.Contains(now_ns) ? 1 : 0; }

  // A message of the measured part that got no answer before the run gave up, or was never sent.
  void Unanswered(const Message& message, int64_t now_ns);
  void NeverSent(const Message& message, int64_t now_ns);
  void Failed(Phase phase, const char* name, int64_t now_ns);
  void Failed(Phase phase, int error, int64_t now_ns);

  // Makes room for so much of the timeline, so that what is measured has no allocation in it but
  // one each second, and of a run longer than was expected one each bin.
  void StartTimeline(double expected_s);
  // The same of what takes too long for the moment at which a run begins.
  void MakeRoom(double expected_s);

  // The p99 of the last full second; 0 if there is none, or it does not tell it.
  int64_t RecentP99Ns() const;

 private:
  void RecordLatency(const Message& message, int64_t now_ns) {
    part.latency.Record(now_ns - message.intended_ns);
    slices.Record(now_ns - message.intended_ns);
    part.punctual_latency.Record(now_ns - message.taken_up_ns);
    if (message.sent_ns != Message::kNoTime) part.naive_latency.Record(now_ns - message.sent_ns);
  }

  // `now_ns` must lie in the window. Time only moves on, so a new second is rare.
  Second& SecondAt(int64_t now_ns) {
    while (now_ns >= next_second_ns_ || part.timeline.empty()) NextSecond();
    return part.timeline.back();
  }
  void NextSecond();

  void ChangeInFlight(int64_t now_ns, int64_t by) {
    const int64_t from = std::clamp(changed_ns_, window.start_ns, window.end_ns);
    const int64_t to = std::clamp(now_ns, window.start_ns, window.end_ns);
    in_flight_area_ += static_cast<double>(in_flight_) * static_cast<double>(to - from);
    changed_ns_ = now_ns;
    in_flight_ += by;
  }

  int64_t next_second_ns_ = 0;
  int64_t in_flight_ = 0;
  int64_t changed_ns_ = 0;
  double in_flight_area_ = 0;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_TALLY_H_
