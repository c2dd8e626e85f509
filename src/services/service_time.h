// A service that takes its time: spends as long as Options::service_times says on each read before
// the service that it wraps answers. Any worker thread.

#ifndef SWITCHBOARD_SRC_SERVICES_SERVICE_TIME_H_
#define SWITCHBOARD_SRC_SERVICES_SERVICE_TIME_H_

#include <string_view>

#include "switchboard/options.h"
#include "switchboard/service.h"

namespace switchboard {

// Wraps those of `services` that take time. Throws std::invalid_argument for a time of a service
// that is not there, std::runtime_error for a file of times that cannot be read.
void WrapServicesThatTakeTime(const Options& options, Services& services);

// Throws std::invalid_argument, with the end of a sentence that begins with `text`, if it is not a
// time, or a distribution of times, maybe after "cpu:".
void CheckServiceTime(std::string_view text);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_SERVICES_SERVICE_TIME_H_
