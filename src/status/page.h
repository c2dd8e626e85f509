// The live page: the switchboard as a picture. It shows the figures as they are, and since the
// start, and its script goes on from there with /status.json. Pure function, any thread.

#ifndef SWITCHBOARD_SRC_STATUS_PAGE_H_
#define SWITCHBOARD_SRC_STATUS_PAGE_H_

#include "src/status/response.h"
#include "src/status/view.h"

namespace switchboard::status {

Response Page(const View& view);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_PAGE_H_
