// Preloaded into a program, so that memory is refused to it: the allocations that the file named by
// FAILING_MALLOC says, which the test has mapped as well (failing_malloc.h). glibc alone.

#include "tests/support/failing_malloc.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
}

namespace {

using switchboard::test::MemoryRefusal;

void* MapDirectly(void* address, size_t size, int protection, int flags, int fd, off_t offset) {
  return reinterpret_cast<void*>(::syscall(SYS_mmap, address, size, protection, flags, fd, offset));
}

MemoryRefusal* Shared() {
  static MemoryRefusal* const shared = []() -> MemoryRefusal* {
    const char* const path = ::getenv("FAILING_MALLOC");
    const int fd = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return nullptr;
    void* const mapped =
        MapDirectly(nullptr, sizeof(MemoryRefusal), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    return mapped == MAP_FAILED ? nullptr : static_cast<MemoryRefusal*>(mapped);
  }();
  return shared;
}

bool IsRefused() {
  MemoryRefusal* const shared = Shared();
  if (shared == nullptr) return false;
  const int64_t number = ++shared->asked;
  if (number != shared->refused_one && !shared->refuse_all) return false;
  errno = ENOMEM;
  return true;
}

}  // namespace

extern "C" {

void* malloc(size_t size) noexcept { return IsRefused() ? nullptr : __libc_malloc(size); }
void* calloc(size_t count, size_t size) noexcept {
  return IsRefused() ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) noexcept {
  return IsRefused() ? nullptr : __libc_realloc(memory, size);
}
void* memalign(size_t alignment, size_t size) noexcept {
  return IsRefused() ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) noexcept { return memalign(alignment, size); }
int posix_memalign(void** memory, size_t alignment, size_t size) noexcept {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
void* mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset) noexcept {
  if ((flags & MAP_ANONYMOUS) != 0 && IsRefused()) return MAP_FAILED;
  return MapDirectly(address, size, protection, flags, fd, offset);
}

}  // extern "C"
