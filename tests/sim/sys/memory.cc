#include "src/linux/memory.h"

#include <cstdlib>
#include <cstring>

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {

void* MapPages(size_t bytes) {
  sim::Seam seam(sim::SystemCall::kMapPages, static_cast<int64_t>(bytes));
  void* pages = nullptr;
  (void)seam.Returns([&]() -> Result {
    pages = std::aligned_alloc(kPageBytes, (bytes + kPageBytes - 1) / kPageBytes * kPageBytes);
    std::memset(pages, 0, bytes);
    sim::Machine::Here().mapped_bytes += static_cast<int64_t>(bytes);
    return {};
  });
  if (pages == nullptr) ++sim::Machine::Here().faults_without_owner;
  return pages;
}

// The simulated process has no others.
void* MapSharedPages(size_t bytes) { return MapPages(bytes); }

void DropPages(void* pages, size_t bytes) { std::memset(pages, 0, bytes); }

void UnmapPages(void* pages, size_t bytes) {
  sim::Machine::Here().mapped_bytes -= static_cast<int64_t>(bytes);
  std::free(pages);
}

}  // namespace switchboard::sys
