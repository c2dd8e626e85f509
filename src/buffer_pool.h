// Buffers for connections that have something to say; an idle connection holds none.
//
// Owned by the Server. The reactor alone acquires; any worker releases. A worker releases a chain
// at a time and the reactor takes over all that has been released at once, so that the lock is met
// once in a batch and not once in a message.

#ifndef SWITCHBOARD_SRC_BUFFER_POOL_H_
#define SWITCHBOARD_SRC_BUFFER_POOL_H_

#include <cstddef>

#include "src/mutex.h"

namespace switchboard {

class BufferPool {
 public:
  // Free buffers, linked through their own first bytes.
  class Chain {
   public:
    void Push(char* buffer);
    char* Pop();  // nullptr if empty
    size_t size() const { return size_; }

   private:
    char* head_ = nullptr;
    size_t size_ = 0;
  };

  // `buffer_bytes` is the room in each buffer, at least sizeof(char*).
  explicit BufferPool(size_t buffer_bytes);
  ~BufferPool();  // all buffers have been released by then
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  size_t buffer_bytes() const { return buffer_bytes_; }

  // Reactor thread only. nullptr if there is no memory.
  char* Acquire();
  // Reactor thread only: for a buffer that was not needed after all, or that a call left behind.
  void PutBack(char* buffer);

  // Any thread. Empties `chain`. What exceeds the reserve goes back to the kernel.
  void Release(Chain& chain);

 private:
  char* Allocate();
  void Free(char* buffer);

  const size_t buffer_bytes_;
  const size_t reserve_buffers_;

  // Reactor thread only.
  Chain stash_;
  size_t color_ = 0;

  Mutex mutex_;
  Chain released_ GUARDED_BY(mutex_);
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BUFFER_POOL_H_
