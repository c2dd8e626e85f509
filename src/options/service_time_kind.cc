#include <stdexcept>

#include "src/options/kinds.h"
#include "src/services/service_time.h"

namespace switchboard {
namespace {

void Read(std::string_view text, Options& options) {
  // A service's name has no ':' in it, but a path may have a '='.
  const size_t equals = text.substr(0, text.find(':')).find('=');
  const bool named = equals != text.npos;
  const std::string_view time = text.substr(named ? equals + 1 : 0);
  try {
    if (equals == 0) throw std::invalid_argument("names no service before '='");
    CheckServiceTime(time);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("'" + std::string(text) + "' " + error.what());
  }
  options.service_times[std::string(text.substr(0, named ? equals : 0))] = time;
}

void Check(const Options& options) {
  for (const auto& [service, time] : options.service_times) {
    try {
      CheckServiceTime(time);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument("Options::service_times '" + time + "' " + error.what());
    }
  }
}

}  // namespace

Kind ServiceTimeKind() {
  return {.fields = {"service_times"}, .value = "[SERVICE=]DIST", .read = Read, .check = Check};
}

}  // namespace switchboard
