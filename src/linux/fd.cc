#include "src/linux/fd.h"

#include <unistd.h>

namespace switchboard::sys {

void Close(int fd) { ::close(fd); }

}  // namespace switchboard::sys
