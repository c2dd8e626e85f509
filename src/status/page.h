// The live page: the switchboard as a picture. It shows the figures as they are, and since the
// start, and its script goes on from there with /status.json. Pure function, any thread.
//
// It has room for what is asked first, not for every counter, which /status.json and /metrics have.
// Of the counters: active, accepted, held, rejected, bytes_in, bytes_out, bytes_lost and
// closed_by_reason of all; active and reads of each service and process. Beside them what pools and
// listeners are at (busy, queued, on_hold, queue_wait, service_time), and who talks or is stalled.

#ifndef SWITCHBOARD_SRC_STATUS_PAGE_H_
#define SWITCHBOARD_SRC_STATUS_PAGE_H_

#include "src/status/response.h"
#include "src/status/view.h"

namespace switchboard::status {

Response Page(const View& view);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_PAGE_H_
