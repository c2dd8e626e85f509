#include "src/linux/socket_file.h"

namespace switchboard::sys {

bool SocketFile::Find() { return false; }
void SocketFile::Remove() {}

}  // namespace switchboard::sys
