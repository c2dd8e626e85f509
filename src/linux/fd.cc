#include "src/linux/fd.h"

#include <fcntl.h>
#include <unistd.h>

namespace switchboard::sys {

Result Duplicate(int fd) { return FromReturn(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

Result DuplicateTo(int fd, int target) { return FromReturn(::dup3(fd, target, O_CLOEXEC)); }

void Close(int fd) { ::close(fd); }

}  // namespace switchboard::sys
