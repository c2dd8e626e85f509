#include "src/linux/socket_file.h"

#include <sys/stat.h>
#include <unistd.h>

namespace switchboard::sys {

std::optional<SocketFile::Identity> SocketFile::LookAt(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

bool SocketFile::Find() {
  found_ = LookAt(path_);
  return found_.has_value();
}

void SocketFile::Remove() {
  if (found_ && found_ == LookAt(path_)) ::unlink(path_.c_str());
  found_.reset();
}

}  // namespace switchboard::sys
