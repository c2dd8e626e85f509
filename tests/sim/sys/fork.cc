#include "src/linux/fork.h"

#include "src/linux/socket.h"

namespace switchboard::sys {

// A simulated machine runs one process.
bool HasForked() { return false; }
void CloseWithCopies(Fd connection, bool reset) {
  if (reset) (void)SetResetOnClose(connection.get());
}

}  // namespace switchboard::sys
