// What an event of the epoll set can come from. The set keeps a pointer to an EventSource with each
// descriptor, whose kind says what object it belongs to.

#ifndef SWITCHBOARD_SRC_EVENT_SOURCE_H_
#define SWITCHBOARD_SRC_EVENT_SOURCE_H_

#include <cstdint>

namespace switchboard {

struct EventSource {
  enum class Kind : uint8_t { kConnection, kListener, kWakeUp };

  explicit EventSource(Kind k) : kind(k) {}

  const Kind kind;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_EVENT_SOURCE_H_
