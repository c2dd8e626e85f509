#include "src/linux/fork.h"

#include <pthread.h>
#include <sys/socket.h>

#include <atomic>

#include "src/linux/socket.h"

namespace switchboard::sys {
namespace {

std::atomic<bool> has_forked{false};

// Before the fork, so that no descriptor is closed after it without this being known. What the
// child opens from then on nobody has copies of.
const bool is_told =
    ::pthread_atfork([] { has_forked.store(true); }, nullptr, [] { has_forked.store(false); }) == 0;

}  // namespace

bool HasForked() { return !is_told || has_forked.load(std::memory_order_relaxed); }

void CloseWithCopies(Fd connection, bool reset) {
  const int fd = connection.get();
  if (reset) (void)SetResetOnClose(fd);
  if (!HasForked()) return;
  // To connect to no address is to reset, connect(2). A unix socket has no such thing.
  constexpr sockaddr kNoAddress{.sa_family = AF_UNSPEC, .sa_data = {}};
  if (reset) (void)::connect(fd, &kNoAddress, sizeof(kNoAddress));
  (void)::shutdown(fd, SHUT_RDWR);
}

}  // namespace switchboard::sys
