#include "src/linux/socket_file.h"

#include <sys/stat.h>
#include <unistd.h>

namespace switchboard::sys {
namespace {

bool LookAt(const std::string& path, struct stat& status) {
  return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

}  // namespace

bool SocketFile::Find() {
  struct stat status {};
  found_ = LookAt(path_, status);
  device_ = status.st_dev;
  inode_ = status.st_ino;
  return found_;
}

void SocketFile::Remove() {
  struct stat status {};
  if (!found_ || !LookAt(path_, status)) return;
  if (status.st_dev == device_ && status.st_ino == inode_) ::unlink(path_.c_str());
  found_ = false;
}

}  // namespace switchboard::sys
