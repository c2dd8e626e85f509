// The shipped services. To add one: a file in this folder that derives from Service and defines, in
// namespace switchboard,
//
//   std::shared_ptr<Service> MakeName(const Options& options);
//
// and its name in the list of this folder's meson.build, in lower-case letters and digits ("name"
// there is MakeName here). Override traits() with may_block = false unless a turn of it may wait:
// one service that may block makes the whole pool that serves it wake a worker for each job.
//
// Any thread.

#ifndef SWITCHBOARD_SRC_SERVICES_SERVICES_H_
#define SWITCHBOARD_SRC_SERVICES_SERVICES_H_

#include <memory>
#include <string>

#include "switchboard/options.h"
#include "switchboard/service.h"

namespace switchboard {

// All of them by name. Throws std::bad_alloc.
Services ShippedServices(const Options& options);

// The names of `services`, "chargen, daytime" and so on.
std::string NamesOf(const Services& services);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_SERVICES_SERVICES_H_
