// Whole pages from the kernel. mmap(2). Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_MEMORY_H_
#define SWITCHBOARD_SRC_LINUX_MEMORY_H_

#include <cstddef>

namespace switchboard::sys {

inline constexpr size_t kPageBytes = 4096;

// Zeroed pages, resident only where touched; nullptr if there is no memory.
void* MapPages(size_t bytes);
// The same, shared with the processes that this one forks from now on.
void* MapSharedPages(size_t bytes);
// Gives the pages back until they are touched again, zeroed. madvise(2), MADV_DONTNEED.
void DropPages(void* pages, size_t bytes);
void UnmapPages(void* pages, size_t bytes);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_MEMORY_H_
