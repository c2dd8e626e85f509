#include "bench/linux/perf.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace switchboard::sys {
namespace {

// The kernel's number for raw_syscalls:sys_enter; an errno if it does not tell.
Result SystemCallTracepoint() {
  for (const char* const root : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    std::ifstream file(std::string(root) + "/events/raw_syscalls/sys_enter/id");
    long id = 0;
    if (file >> id) return {id, 0};
    if (::access(root, X_OK) != 0 && errno == EACCES) return {-1, EACCES};
  }
  return {-1, ENOENT};
}

Result Open(perf_event_attr& attributes, int tid) {
  return FromReturn(::syscall(SYS_perf_event_open, &attributes, tid, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

Result OpenSystemCalls(perf_event_attr& attributes, int tid) {
  const Result tracepoint = SystemCallTracepoint();
  if (!tracepoint) return tracepoint;
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = static_cast<uint64_t>(tracepoint.value);
  return Open(attributes, tid);
}

Result OnlyFutexCalls(Result counter) {
  if (!counter) return counter;
  Fd fd(static_cast<int>(counter.value));
  const std::string filter = "id == " + std::to_string(SYS_futex);
  const Result set = FromReturn(::ioctl(fd.get(), PERF_EVENT_IOC_SET_FILTER, filter.c_str()));
  return set ? Result{fd.Release(), 0} : set;
}

}  // namespace

Result OpenCounter(CountedEvent event, int tid) {
  perf_event_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.inherit = 1;
  switch (event) {
    case CountedEvent::kSystemCalls:
      return OpenSystemCalls(attributes, tid);
    case CountedEvent::kFutexCalls:
      return OnlyFutexCalls(OpenSystemCalls(attributes, tid));
    case CountedEvent::kContextSwitches:
      break;
  }
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_CONTEXT_SWITCHES;
  return Open(attributes, tid);
}

Result ReadCounter(int fd) {
  uint64_t count = 0;
  const Result result = FromReturn(::read(fd, &count, sizeof(count)));
  return result ? Result{static_cast<long>(count), 0} : result;
}

}  // namespace switchboard::sys
