// Buffers for connections that have something to say; an idle connection holds none.
//
// Owned by the Server. The reactor alone acquires; any worker releases. A worker releases a whole
// chain at a time, and the reactor takes over all that has been released at once, so that the lock
// is taken once for a batch of messages and not once for each.
//
// Free buffers are bounded twice: in their number, and in how many of them may have more than their
// first pages resident. What exceeds a bound goes back to the kernel, and so does what has not been
// needed for some seconds once a caller has left, or such large ones have come back.

#ifndef SWITCHBOARD_SRC_CONNECTION_BUFFER_POOL_H_
#define SWITCHBOARD_SRC_CONNECTION_BUFFER_POOL_H_

#include <atomic>
#include <cstddef>

#include "src/base/mutex.h"
#include "src/base/thread_checker.h"

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
  // Reactor thread only: for a buffer that was not needed after all, or that a call left behind. It
  // cannot fail, nor can Release.
  void PutBack(char* buffer, size_t used_bytes);

  // Reactor thread only: gives back to the kernel what has lain free since the call before. True if
  // buffers are still free, for the next call.
  bool Trim();
  // Reactor thread only: whether large buffers have come back since Trim found none free.
  bool HasLarge() const { return has_large_.load(std::memory_order_acquire); }

  // Any thread. Empties `chain`. True if HasLarge comes to hold, of which the reactor is to be
  // told.
  [[nodiscard]] bool Release(Chain& chain);

 private:
  char* Allocate();
  void Keep(char* buffer, Chain& chain);
  void Free(char* buffer);
  void Empty(Chain& chain);

  const size_t buffer_bytes_;
  const size_t max_large_;

  // Reactor thread only.
  ThreadChecker reactor_thread_;
  Chain stash_;        // free buffers that are acquired without the lock
  size_t unused_ = 0;  // as many of them have lain there since the last Trim
  size_t color_ = 0;   // counts the buffers made; each begins at another place of its first page

  std::atomic<bool> has_large_{false};  // cleared with the lock held

  Mutex mutex_;
  Chain released_ GUARDED_BY(mutex_);  // free, until the reactor takes all of it over
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_BUFFER_POOL_H_
