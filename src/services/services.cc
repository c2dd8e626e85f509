#include "src/services/services.h"

namespace switchboard {

// The Make functions of all services, each defined in its own file.
#define SERVICE(name, Make) std::shared_ptr<Service> Make(const Options& options);
#include "src/services/shipped.inc"
#undef SERVICE

Services ShippedServices(const Options& options) {
  return {
#define SERVICE(name, Make) {name, Make(options)},
#include "src/services/shipped.inc"
#undef SERVICE
  };
}

std::string NamesOf(const Services& services) {
  std::string names;
  for (const auto& [name, unused] : services) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace switchboard
