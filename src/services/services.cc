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

}  // namespace switchboard
