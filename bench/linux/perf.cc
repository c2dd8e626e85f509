#include "bench/linux/perf.h"

#include <linux/perf_event.h>
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

}  // namespace

Result OpenCounter(CountedEvent event, int tid) {
  perf_event_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.inherit = 1;
  if (event == CountedEvent::kSystemCalls) {
    const Result tracepoint = SystemCallTracepoint();
    if (!tracepoint) return tracepoint;
    attributes.type = PERF_TYPE_TRACEPOINT;
    attributes.config = static_cast<uint64_t>(tracepoint.value);
  } else {
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_CONTEXT_SWITCHES;
  }
  return FromReturn(::syscall(SYS_perf_event_open, &attributes, tid, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

Result ReadCounter(int fd) {
  uint64_t count = 0;
  const Result result = FromReturn(::read(fd, &count, sizeof(count)));
  return result ? Result{static_cast<long>(count), 0} : result;
}

}  // namespace switchboard::sys
