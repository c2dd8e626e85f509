// The counters as text that needs no memory from the heap, for the log. Pure function, any thread.

#ifndef SWITCHBOARD_SRC_BOOKS_STATS_TEXT_H_
#define SWITCHBOARD_SRC_BOOKS_STATS_TEXT_H_

#include "src/base/log.h"
#include "switchboard/stats.h"

namespace switchboard {

// What Stats::ToLogfmt says.
LogText ToText(const Stats& stats);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BOOKS_STATS_TEXT_H_
