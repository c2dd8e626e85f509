#include "src/linux/mutex.h"

namespace switchboard::sys {

void Mutex::Lock() { mutex_.lock(); }
void Mutex::Unlock() { mutex_.unlock(); }

}  // namespace switchboard::sys
