// The books of several processes, in memory that all of them share (MAP_SHARED, mmap(2)): they are
// there after a process has died, and the next one in its place goes on in them.
//
// Made by the parent before it forks; the children find it where it is, and none but the parent
// unmaps it. Constant once made: any thread of any of them. The books are as books.h says.

#ifndef SWITCHBOARD_SRC_BOOKS_SHARED_BOOKS_H_
#define SWITCHBOARD_SRC_BOOKS_SHARED_BOOKS_H_

#include <cstddef>
#include <span>
#include <vector>

#include "src/books/books.h"

namespace switchboard {

class SharedBooks {
 public:
  // For `processes` of the same roster. Throws std::runtime_error if there is no memory.
  SharedBooks(const Roster& roster, size_t processes);
  ~SharedBooks();
  SharedBooks(const SharedBooks&) = delete;
  SharedBooks& operator=(const SharedBooks&) = delete;

  const Books& of(size_t process) const { return books_[process]; }
  std::span<const Books> all() const { return books_; }

 private:
  const size_t bytes_;
  std::byte* const memory_;
  std::vector<Books> books_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BOOKS_SHARED_BOOKS_H_
