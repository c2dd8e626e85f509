// The shipped services. To add one: a file in this folder with a Make function, and a line in
// services.cc.

#ifndef SWITCHBOARD_SRC_SERVICES_SERVICES_H_
#define SWITCHBOARD_SRC_SERVICES_SERVICES_H_

#include <memory>
#include <string>

#include "switchboard/options.h"
#include "switchboard/server.h"
#include "switchboard/service.h"

namespace switchboard {

std::shared_ptr<Service> MakeEcho(const Options& options);     // RFC 862
std::shared_ptr<Service> MakeDiscard(const Options& options);  // RFC 863
std::shared_ptr<Service> MakeChargen(const Options& options);  // RFC 864
std::shared_ptr<Service> MakeDaytime(const Options& options);  // RFC 867

// All of them by name.
Services ShippedServices(const Options& options);

// The names of `services`, "chargen, daytime" and so on.
std::string NamesOf(const Services& services);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_SERVICES_SERVICES_H_
