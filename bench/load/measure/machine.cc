#include "bench/load/measure/machine.h"

#include <ctime>

#include "bench/linux/machine.h"
#include "src/linux/process.h"

namespace switchboard::load {

Machine ThisMachine() {
  Machine machine;
  machine.host = sys::HostName();
  machine.kernel = sys::KernelVersion();
  machine.cpu = sys::CpuModel();
  machine.cpus = sys::AvailableCpus();
#ifdef __clang__
  machine.compiler = "clang " __clang_version__;
#else
  machine.compiler = "gcc " __VERSION__;
#endif
  machine.version = SWITCHBOARD_VERSION;
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  char text[32] = "";
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", ::gmtime_r(&now, &utc));
  machine.started_at = text;
  machine.clock_error_s = sys::ClockErrorSeconds();
  if (machine.clock_error_s) machine.clock_ahead_s = 0;
  return machine;
}

}  // namespace switchboard::load
