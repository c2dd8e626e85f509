#include "src/linux/thread_times.h"

#include <unistd.h>

#include <fstream>
#include <string>

namespace switchboard::sys {

ThreadTimes TimesOfThread(pid_t pid, pid_t tid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid) + '/';
  ThreadTimes times;
  std::ifstream(folder + "schedstat") >> times.ran_ns >> times.waited_ns;
  std::string stat;
  std::getline(std::ifstream(folder + "stat"), stat);
  // "PID (NAME) STATE ...", and a name may hold anything.
  const size_t name_end = stat.rfind(')');
  times.is_ready = name_end != std::string::npos && stat.compare(name_end, 3, ") R") == 0;
  return times;
}

pid_t OwnTid() { return ::gettid(); }

}  // namespace switchboard::sys
