#include "src/linux/memory.h"

#include <sys/mman.h>

namespace switchboard::sys {

void* MapPages(size_t bytes) {
  void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

void DropPages(void* pages, size_t bytes) { ::madvise(pages, bytes, MADV_DONTNEED); }

void UnmapPages(void* pages, size_t bytes) { ::munmap(pages, bytes); }

}  // namespace switchboard::sys
