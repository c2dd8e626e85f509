// When the clients of one event loop run out of patience: one moment for each that waits, the
// earliest first. A binary heap that knows where each client stands in it, so that a moment may be
// changed or taken back, and that grows with the clients alone, however many messages they send.
//
// An event loop owns it; its thread only.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_ALARMS_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_ALARMS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace switchboard::load {

class Alarms {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  // For clients 0 to `clients` - 1, none of which has a moment.
  explicit Alarms(size_t clients) : place_(clients, kNowhere) { heap_.reserve(clients); }

  // Sets the moment of `client`, instead of another that it may have.
  void Set(size_t client, int64_t due_ns);
  void Clear(size_t client);

  // The earliest moment of all, and whose it is; kNever without any.
  int64_t next_ns() const { return heap_.empty() ? kNever : heap_.front().due_ns; }
  size_t next_client() const { return heap_.front().client; }

 private:
  static constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

  struct Alarm {
    int64_t due_ns;
    size_t client;
  };

  void Put(size_t place, const Alarm& alarm) {
    heap_[place] = alarm;
    place_[alarm.client] = place;
  }
  void Settle(size_t place);

  std::vector<Alarm> heap_;
  std::vector<size_t> place_;  // of each client in the heap
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_ALARMS_H_
