// Buffers for connections that have something to say; an idle connection holds none.
//
// Owned by the Server. The reactor alone acquires; any worker releases. A worker releases a chain
// at a time and the reactor takes over all that has been released at once, so that the lock is met
// once in a batch and not once in a message.
//
// What is free is bounded: so many buffers, of which few may have more than their first pages
// resident. The rest goes back to the kernel.

#ifndef SWITCHBOARD_SRC_BUFFER_POOL_H_
#define SWITCHBOARD_SRC_BUFFER_POOL_H_

#include <cstddef>

#include "src/mutex.h"

namespace switchboard {

class BufferPool {
 public:
  // Free buffers, linked through a header in front of each.
  class Chain {
   public:
    // `used_bytes` is how much of the buffer was written to since it was acquired, or more.
    void Push(char* buffer, size_t used_bytes);
    char* Pop();  // nullptr if empty
    size_t size() const { return size_; }
    size_t large() const { return large_; }  // of these, resident beyond their first pages

   private:
    char* head_ = nullptr;
    size_t size_ = 0;
    size_t large_ = 0;
  };

  explicit BufferPool(size_t buffer_bytes);
  ~BufferPool();  // all buffers have been released by then
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // The room in each buffer.
  size_t buffer_bytes() const { return buffer_bytes_; }

  // Reactor thread only. nullptr if there is no memory.
  char* Acquire();
  // Reactor thread only: for a buffer that was not needed after all, or that a call left behind.
  void PutBack(char* buffer, size_t used_bytes);

  // Any thread. Empties `chain`.
  void Release(Chain& chain);

 private:
  char* Allocate();
  void Keep(char* buffer, Chain& chain);
  void Free(char* buffer);
  void Empty(Chain& chain);

  const size_t buffer_bytes_;
  const size_t max_large_;

  // Reactor thread only.
  Chain stash_;
  size_t color_ = 0;

  Mutex mutex_;
  Chain released_ GUARDED_BY(mutex_);
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BUFFER_POOL_H_
