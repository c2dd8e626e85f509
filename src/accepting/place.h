// What somebody takes for as long as it is on the line. Plain values.

#ifndef SWITCHBOARD_SRC_ACCEPTING_PLACE_H_
#define SWITCHBOARD_SRC_ACCEPTING_PLACE_H_

#include <cstddef>
#include <cstdint>

namespace switchboard {

struct CallerHost;

// As what somebody is on the line.
enum class Standing : uint8_t {
  kCaller,      // one of --max-connections
  kCheck,       // a proxy that sees whether somebody answers: served, but not counted as a caller
  kTurnedAway,  // beyond a limit: told "busy" and hung up on
};
inline constexpr size_t kStandings = 3;

struct Place {
  Standing standing = Standing::kCaller;
  CallerHost* host = nullptr;  // one of that host's --max-per-address; nullptr: of no host's
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_ACCEPTING_PLACE_H_
