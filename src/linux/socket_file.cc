#include "src/linux/socket_file.h"

#include <fcntl.h>
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

Result SocketFile::SetMode(mode_t mode) const {
  return FromReturn(::fchmodat(AT_FDCWD, path_.c_str(), mode, AT_SYMLINK_NOFOLLOW));
}

bool SocketFile::MayRemove() const {
  if (!found_) return true;
  const size_t slash = path_.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
  struct stat there {
  }, file{};
  if (::stat(folder.c_str(), &there) != 0 || ::lstat(path_.c_str(), &file) != 0) return false;
  const uid_t user = ::geteuid();
  const bool others = (there.st_mode & S_ISVTX) != 0 && there.st_uid != user && file.st_uid != user;
  return (user == 0 || !others) &&
         ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

void SocketFile::Remove() {
  if (found_ && found_ == LookAt(path_)) ::unlink(path_.c_str());
  found_.reset();
}

}  // namespace switchboard::sys
