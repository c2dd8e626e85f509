#include "src/buffer_pool.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "src/linux/memory.h"

namespace switchboard {
namespace {

// What the pool keeps for the next burst. Only the pages that were used are resident.
constexpr size_t kReserveBytes = 64 << 20;
constexpr size_t kMinReserveBuffers = 1024;

// Buffers that all began at the same place of a page would all use the same few sets of the CPU's
// caches, so each begins a cache line later than the one before.
constexpr size_t kCacheLineBytes = 64;
constexpr size_t kColors = sys::kPageBytes / kCacheLineBytes;

}  // namespace

void BufferPool::Chain::Push(char* buffer) {
  std::memcpy(buffer, &head_, sizeof(head_));
  head_ = buffer;
  ++size_;
}

char* BufferPool::Chain::Pop() {
  char* const buffer = head_;
  if (buffer != nullptr) {
    std::memcpy(&head_, buffer, sizeof(head_));
    --size_;
  }
  return buffer;
}

BufferPool::BufferPool(size_t buffer_bytes)
    : buffer_bytes_(buffer_bytes),
      reserve_buffers_(std::max(kMinReserveBuffers, kReserveBytes / buffer_bytes)) {}

BufferPool::~BufferPool() {
  while (char* buffer = stash_.Pop()) Free(buffer);
  MutexLock lock(mutex_);
  while (char* buffer = released_.Pop()) Free(buffer);
}

char* BufferPool::Acquire() {
  if (char* buffer = stash_.Pop()) return buffer;
  {
    MutexLock lock(mutex_);
    stash_ = std::exchange(released_, Chain());
  }
  if (char* buffer = stash_.Pop()) return buffer;
  return Allocate();
}

void BufferPool::PutBack(char* buffer) {
  if (stash_.size() < reserve_buffers_) {
    stash_.Push(buffer);
  } else {
    Free(buffer);
  }
}

void BufferPool::Release(Chain& chain) {
  {
    MutexLock lock(mutex_);
    while (released_.size() < reserve_buffers_) {
      char* const buffer = chain.Pop();
      if (buffer == nullptr) return;
      released_.Push(buffer);
    }
  }
  while (char* buffer = chain.Pop()) Free(buffer);
}

char* BufferPool::Allocate() {
  char* const pages = static_cast<char*>(sys::MapPages(buffer_bytes_ + sys::kPageBytes));
  if (pages == nullptr) return nullptr;
  return pages + kCacheLineBytes * (color_++ % kColors);
}

void BufferPool::Free(char* buffer) {
  const uintptr_t pages = reinterpret_cast<uintptr_t>(buffer) & ~(sys::kPageBytes - 1);
  sys::UnmapPages(reinterpret_cast<void*>(pages), buffer_bytes_ + sys::kPageBytes);
}

}  // namespace switchboard
