#include "bench/load/run/alarms.h"

namespace switchboard::load {

void Alarms::Set(size_t client, int64_t due_ns) {
  if (place_[client] == kNowhere) {
    place_[client] = heap_.size();
    heap_.push_back({due_ns, client});
  }
  heap_[place_[client]].due_ns = due_ns;
  Settle(place_[client]);
}

void Alarms::Clear(size_t client) {
  const size_t place = place_[client];
  if (place == kNowhere) return;
  const Alarm last = heap_.back();
  heap_.pop_back();
  place_[client] = kNowhere;
  if (place == heap_.size()) return;
  Put(place, last);
  Settle(place);
}

// Moves the one at `place` up or down to where it belongs.
void Alarms::Settle(size_t place) {
  const Alarm alarm = heap_[place];
  for (size_t above; place > 0; place = above) {
    above = (place - 1) / 2;
    if (heap_[above].due_ns <= alarm.due_ns) break;
    Put(place, heap_[above]);
  }
  for (size_t below; (below = 2 * place + 1) < heap_.size(); place = below) {
    if (below + 1 < heap_.size() && heap_[below + 1].due_ns < heap_[below].due_ns) ++below;
    if (heap_[below].due_ns >= alarm.due_ns) break;
    Put(place, heap_[below]);
  }
  Put(place, alarm);
}

}  // namespace switchboard::load
