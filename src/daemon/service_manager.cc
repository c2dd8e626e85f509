#include "src/daemon/service_manager.h"

#include <algorithm>
#include <exception>

#include "src/base/utf8.h"
#include "src/daemon/environment.h"
#include "src/linux/child.h"
#include "src/linux/fixed_text.h"
#include "src/linux/process.h"

namespace switchboard {
namespace {

constexpr int64_t kAskEveryUs = 1'000'000;

// A time that is longer may be taken for this one: who is heard more often than asked is alive too.
constexpr int64_t kLongestWatchdogUs = 86'400'000'000;

// It is for this process only if `pid` says so, or nothing.
int64_t WatchdogUs(const std::string& time, const std::string& pid) {
  if (!pid.empty() && WholeNumber(pid) != sys::OwnPid()) return 0;
  return std::clamp<int64_t>(WholeNumber(time).value_or(0), 0, kLongestWatchdogUs);
}

// "STATUS=3 of 4 processes serving at 1 address"; a server of one process is not counted.
sys::FixedText<120> Serving(size_t serving, size_t processes, size_t addresses) {
  sys::FixedText<120> text;
  text << "STATUS=";
  if (processes > 1) text << serving << " of " << processes << " processes ";
  return text << "serving at " << addresses << (addresses == 1 ? " address" : " addresses");
}

}  // namespace

ServiceManager::ServiceManager()
    : socket_(TakeVariable("NOTIFY_SOCKET")),
      watchdog_us_(WatchdogUs(TakeVariable("WATCHDOG_USEC"), TakeVariable("WATCHDOG_PID"))) {}

ServiceManager::~ServiceManager() {
  if (!asking_.joinable()) return;
  over_.Post();
  asking_.Join();
}

// Callers are served already: it must not depend on memory.
void ServiceManager::Ready(size_t processes, size_t addresses) const {
  socket_.Send(sys::FixedText<130>() << "READY=1\n" << Serving(processes, processes, addresses));
}

void ServiceManager::SayHowManyServe(size_t serving, size_t processes, size_t addresses) const {
  socket_.Send(Serving(serving, processes, addresses));
}

void ServiceManager::Alive() const { socket_.Send("WATCHDOG=1"); }

void ServiceManager::Stopping() {
  if (!is_there()) return;
  SayStopping();
  const auto ask = [this] {
    sys::BlockSignalsInThisThread();
    do {
      AskForTime();
    } while (!over_.WaitFor(kAskEveryUs));
  };
  try {
    asking_ = sys::StartThread("the thread that asks the service manager for time", ask);
  } catch (const std::exception&) {
    // Then the unit's TimeoutStopSec has to do.
  }
}

void ServiceManager::SayStopping() const { socket_.Send("STOPPING=1\nSTATUS=stopping"); }

// The manager takes no text that is not UTF-8, and reads each line as an assignment of its own.
void ServiceManager::SayFailure(std::string_view why, int error) const {
  std::string text = AsUtf8(why);
  std::ranges::replace(text, '\n', ' ');
  text.insert(0, "STATUS=");
  if (error != 0) text += "\nERRNO=" + std::to_string(error);
  socket_.Send(text);
}

void ServiceManager::AskForTime() const { socket_.Send("EXTEND_TIMEOUT_USEC=2000000"); }

void ServiceManager::Keep(int descriptor, const std::string& name) const {
  socket_.Send("FDSTORE=1\nFDNAME=" + name, descriptor);
}

void ServiceManager::Drop(const std::string& name) const {
  socket_.Send("FDSTOREREMOVE=1\nFDNAME=" + name);
}

}  // namespace switchboard
