#include "src/linux/socket_file.h"

namespace switchboard::sys {

bool SocketFile::Find() { return false; }
Result SocketFile::SetMode(mode_t) const { return {}; }
bool SocketFile::MayRemove() const { return true; }
void SocketFile::Remove() {}

}  // namespace switchboard::sys
