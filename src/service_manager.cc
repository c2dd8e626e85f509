#include "src/service_manager.h"

#include <cstdlib>
#include <exception>
#include <string_view>

#include "src/linux/fixed_text.h"
#include "src/linux/process.h"

namespace switchboard {
namespace {

constexpr int64_t kAskEveryUs = 1'000'000;

std::string Taken(const char* variable) {
  const char* const value = std::getenv(variable);
  const std::string taken = value == nullptr ? "" : value;
  ::unsetenv(variable);
  return taken;
}

}  // namespace

ServiceManager::ServiceManager() : socket_(Taken("NOTIFY_SOCKET")) {}

ServiceManager::~ServiceManager() {
  if (!asking_.joinable()) return;
  over_.Post();
  asking_.Join();
}

// Callers are served already: it must not depend on memory.
void ServiceManager::Ready(size_t addresses) const {
  socket_.Send(sys::FixedText<80>() << "READY=1\nSTATUS=serving at " << addresses << " addresses");
}

void ServiceManager::Stopping() {
  if (!is_there()) return;
  socket_.Send("STOPPING=1\nSTATUS=stopping");
  const auto ask = [this] {
    sys::BlockSignalsInThisThread();
    do {
      socket_.Send("EXTEND_TIMEOUT_USEC=2000000");
    } while (!over_.WaitFor(kAskEveryUs));
  };
  try {
    asking_ = sys::StartThread("the thread that asks the service manager for time", ask);
  } catch (const std::exception&) {
    // Then the unit's TimeoutStopSec has to do.
  }
}

void ServiceManager::Keep(int descriptor, const std::string& name) const {
  socket_.Send("FDSTORE=1\nFDNAME=" + name, descriptor);
}

void ServiceManager::Drop(const std::string& name) const {
  socket_.Send("FDSTOREREMOVE=1\nFDNAME=" + name);
}

}  // namespace switchboard
