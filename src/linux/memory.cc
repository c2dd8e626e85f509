#include "src/linux/memory.h"

#include <sys/mman.h>

namespace switchboard::sys {

namespace {

void* Map(size_t bytes, int kind) {
  void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

}  // namespace

void* MapPages(size_t bytes) { return Map(bytes, MAP_PRIVATE); }

void* MapSharedPages(size_t bytes) { return Map(bytes, MAP_SHARED); }

void DropPages(void* pages, size_t bytes) { ::madvise(pages, bytes, MADV_DONTNEED); }

void UnmapPages(void* pages, size_t bytes) { ::munmap(pages, bytes); }

}  // namespace switchboard::sys
