#include "src/linux/way_out.h"

#include <cerrno>
#include <cstring>

namespace switchboard::sys {

std::string WayOut(int error) {
  switch (error) {
    case EMFILE:
      return "raise the limit on open files of the process (ulimit -n)";
    case ENFILE:
      return "raise the limit on open files of the machine (sysctl fs.file-max)";
    case EAGAIN:
      return "raise the limit on threads (ulimit -u, or the pids limit of the container or "
             "service) or on memory (ulimit -v)";
    case ENOMEM:
    case ENOBUFS:
      return "raise the limit on memory (ulimit -v, or that of the container or service) or free "
             "some";
    case ENOSPC:
      return "make room: a disk is full, or a limit of the machine is reached (sysctl "
             "fs.epoll.max_user_watches)";
    default:
      return "";
  }
}

FixedText<32> ErrorName(int error) {
  const char* const name = ::strerrorname_np(error);
  return name != nullptr ? FixedText<32>() << name : FixedText<32>() << error;
}

std::string Refusal(const std::string& what, int error) {
  const std::string way_out = WayOut(error);
  return what + ": " + std::strerror(error) + (way_out.empty() ? "" : "; ") + way_out;
}

}  // namespace switchboard::sys
