#include "src/services/services.h"

namespace switchboard {

Services ShippedServices(const Options& options) {
  return {
      {"echo", MakeEcho(options)},
      {"discard", MakeDiscard(options)},
      {"chargen", MakeChargen(options)},
      {"daytime", MakeDaytime(options)},
  };
}

std::string NamesOf(const Services& services) {
  std::string names;
  for (const auto& [name, unused] : services) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace switchboard
