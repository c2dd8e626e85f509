// The file that a unix socket makes when it is bound. unix(7).

#ifndef SWITCHBOARD_SRC_LINUX_SOCKET_FILE_H_
#define SWITCHBOARD_SRC_LINUX_SOCKET_FILE_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>

#include "src/linux/fd.h"

namespace switchboard::sys {

// Used by one thread at a time. Known by its device and inode, as another program may have put a
// file of its own in the same place; the inode is not given to another file as long as the socket
// that made this one is open.
class SocketFile {
 public:
  // At no path: never found.
  SocketFile() = default;
  explicit SocketFile(std::string path) : path_(std::move(path)) {}

  // Notes which file is there now. False if there is none, or it is not a unix socket's. lstat(2).
  bool Find();
  // Gives the one that was found these permissions, whatever the umask says. No link is followed.
  // fchmodat(2).
  Result SetMode(mode_t mode) const;
  // Whether this process has the right to remove it, as far as the folder says. True if none was
  // found. faccessat(2).
  bool MayRemove() const;
  // Removes the one that was found, if it is still there. unlink(2).
  void Remove();

 private:
  struct Identity {
    dev_t device;
    ino_t inode;
    bool operator==(const Identity&) const = default;
  };

  // Of the unix socket at `path`, if there is one.
  static std::optional<Identity> LookAt(const std::string& path);

  std::string path_;
  std::optional<Identity> found_;
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_SOCKET_FILE_H_
