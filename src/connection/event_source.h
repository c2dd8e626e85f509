// Who an event of the epoll set belongs to: the 64 bits that the set keeps with each descriptor.
//
// Not a pointer, as an event may be of something that is gone: if the program has forked, what the
// child has a copy of stays in the set when this process closes it.

#ifndef SWITCHBOARD_SRC_CONNECTION_EVENT_SOURCE_H_
#define SWITCHBOARD_SRC_CONNECTION_EVENT_SOURCE_H_

#include <sys/epoll.h>

#include <cstdint>

namespace switchboard {

// A plain value.
struct EventSource {
  enum class Kind : uint8_t { kWakeUp, kListener, kConnection, kGuest };

  // A place that is used again has another generation then, so that an old event does not meet the
  // newcomer; they repeat after so many.
  static constexpr uint32_t kGenerations = 1 << 30;

  uint32_t slot = 0;  // which of its kind
  uint32_t generation : 30 = 0;
  Kind kind : 2 = Kind::kWakeUp;

  bool operator==(const EventSource&) const = default;

  epoll_data_t ToData() const {
    return {.u64 = uint64_t{slot} << 32 | uint64_t{generation} << 2 | static_cast<uint64_t>(kind)};
  }
  static EventSource FromData(epoll_data_t data) {
    EventSource source;
    source.slot = static_cast<uint32_t>(data.u64 >> 32);
    source.generation = static_cast<uint32_t>(data.u64) >> 2 & (kGenerations - 1);
    source.kind = static_cast<Kind>(data.u64 & 3);
    return source;
  }
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_EVENT_SOURCE_H_
