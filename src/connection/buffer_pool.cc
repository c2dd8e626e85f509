#include "src/connection/buffer_pool.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "src/linux/memory.h"

namespace switchboard {
namespace {

// What is kept free for the next burst of messages: so many buffers, and so many bytes of buffers
// that are large, which is to say resident beyond their first pages. The bounds hold for each of
// the two chains, the reactor's stash and the released ones, so twice as much may be free in all.
constexpr size_t kMaxFree = 2048;
constexpr size_t kMaxLargeBytes = 32 << 20;
constexpr size_t kFirstPagesBytes = 4 * sys::kPageBytes;

// Stands in front of the bytes that a connection uses, from Allocate to Free.
struct Header {
  char* next;             // in its chain
  size_t resident_bytes;  // most that has been written to since the pages were last given back
};

// Buffers that all began at the same place of a page would all use the same few sets of the CPU's
// caches, so each begins a cache line later than the one before.
constexpr size_t kCacheLineBytes = 64;
constexpr size_t kColors = sys::kPageBytes / kCacheLineBytes - 1;
static_assert(sizeof(Header) <= kCacheLineBytes);

Header& HeaderOf(char* buffer) { return *reinterpret_cast<Header*>(buffer - sizeof(Header)); }

bool IsLarge(char* buffer) { return HeaderOf(buffer).resident_bytes > kFirstPagesBytes; }

char* PagesOf(char* buffer) {
  return reinterpret_cast<char*>(reinterpret_cast<uintptr_t>(buffer) & ~(sys::kPageBytes - 1));
}

}  // namespace

void BufferPool::Chain::Push(char* buffer, size_t used_bytes) {
  Header& header = HeaderOf(buffer);
  header.resident_bytes = std::max(header.resident_bytes, used_bytes);
  header.next = head_;
  head_ = buffer;
  ++size_;
  if (IsLarge(buffer)) ++large_;
}

char* BufferPool::Chain::Pop() {
  char* const buffer = head_;
  if (buffer == nullptr) return nullptr;
  head_ = HeaderOf(buffer).next;
  --size_;
  if (IsLarge(buffer)) --large_;
  return buffer;
}

BufferPool::BufferPool(size_t buffer_bytes)
    : buffer_bytes_(buffer_bytes), max_large_(std::max<size_t>(1, kMaxLargeBytes / buffer_bytes)) {}

BufferPool::~BufferPool() {
  Empty(stash_);
  MutexLock lock(mutex_);
  Empty(released_);
}

char* BufferPool::Acquire() {
  reactor_thread_.Check();
  if (stash_.size() == 0) {
    MutexLock lock(mutex_);
    stash_ = std::exchange(released_, Chain());
  }
  char* const buffer = stash_.Pop();
  unused_ = std::min(unused_, stash_.size());
  return buffer != nullptr ? buffer : Allocate();
}

void BufferPool::PutBack(char* buffer, size_t used_bytes) {
  reactor_thread_.Check();
  Header& header = HeaderOf(buffer);
  header.resident_bytes = std::max(header.resident_bytes, used_bytes);
  if (IsLarge(buffer)) has_large_.store(true, std::memory_order_release);
  Keep(buffer, stash_);
}

bool BufferPool::Trim() {
  reactor_thread_.Check();
  // Those at the bottom, as the others have just been used and are warm.
  Chain warm;
  while (stash_.size() > unused_) warm.Push(stash_.Pop(), 0);
  Empty(stash_);
  while (char* buffer = warm.Pop()) stash_.Push(buffer, 0);
  Chain released;
  {
    MutexLock lock(mutex_);
    released = std::exchange(released_, Chain());
    const bool none = stash_.size() == 0 && released.size() == 0;
    if (none) has_large_.store(false, std::memory_order_relaxed);
  }
  while (char* buffer = released.Pop()) Keep(buffer, stash_);
  unused_ = stash_.size();
  return unused_ > 0;
}

bool BufferPool::Release(Chain& chain) {
  MutexLock lock(mutex_);
  const bool news = chain.large() > 0 && !has_large_.exchange(true, std::memory_order_acq_rel);
  while (char* buffer = chain.Pop()) Keep(buffer, released_);
  return news;
}

// Puts `buffer` into `chain`, and gives to the kernel what exceeds the bounds: the whole buffer, or
// all but its first pages.
void BufferPool::Keep(char* buffer, Chain& chain) {
  if (chain.size() >= kMaxFree) return Free(buffer);
  if (IsLarge(buffer) && chain.large() >= max_large_) {
    sys::DropPages(PagesOf(buffer) + kFirstPagesBytes,
                   buffer_bytes_ + sys::kPageBytes - kFirstPagesBytes);
    HeaderOf(buffer).resident_bytes = 0;
  }
  chain.Push(buffer, 0);
}

char* BufferPool::Allocate() {
  char* const pages = static_cast<char*>(sys::MapPages(buffer_bytes_ + sys::kPageBytes));
  if (pages == nullptr) return nullptr;
  return pages + kCacheLineBytes * (1 + color_++ % kColors);
}

void BufferPool::Free(char* buffer) {
  sys::UnmapPages(PagesOf(buffer), buffer_bytes_ + sys::kPageBytes);
}

void BufferPool::Empty(Chain& chain) {
  while (char* buffer = chain.Pop()) Free(buffer);
}

}  // namespace switchboard
