// The figures in the text format of Prometheus, version 0.0.4. Pure function, any thread.

#ifndef SWITCHBOARD_SRC_STATUS_METRICS_TEXT_H_
#define SWITCHBOARD_SRC_STATUS_METRICS_TEXT_H_

#include <string>

#include "src/status/view.h"

namespace switchboard::status {

inline constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

std::string MetricsText(const View& view);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_METRICS_TEXT_H_
