// The figures as JSON, for the page and for scripts. Pure function, any thread.

#ifndef SWITCHBOARD_SRC_STATUS_JSON_TEXT_H_
#define SWITCHBOARD_SRC_STATUS_JSON_TEXT_H_

#include <string>

#include "src/status/view.h"

namespace switchboard::status {

// Times are in nanoseconds. The steps of a histogram are [number of the step, count], of
// TimeHistogram, those that are empty left out.
std::string JsonText(const View& view);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_JSON_TEXT_H_
