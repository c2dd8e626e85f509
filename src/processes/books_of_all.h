// What the processes of one server have counted, in memory that outlives each of them, and what the
// parent says of that. None of them is asked: one that is stopped or stuck is in it like the
// others.
//
// Made by the parent before the first fork, and used by it; each process counts in its own books.

#ifndef SWITCHBOARD_SRC_PROCESSES_BOOKS_OF_ALL_H_
#define SWITCHBOARD_SRC_PROCESSES_BOOKS_OF_ALL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "src/base/log.h"
#include "src/books/shared_books.h"
#include "src/bound_server.h"

namespace switchboard {

class BooksOfAll {
 public:
  // `bound` is what the processes are made of. Both references outlive this. Throws
  // std::runtime_error if there is no memory.
  BooksOfAll(const BoundServer& bound, size_t processes, Log& log);

  const Books& of(size_t process) const { return books_.of(process); }
  std::span<const Books> all() const { return books_.all(); }

  // A process has ended: what it leaves open is closed, and its place is ready for the next one.
  void Close(size_t process) const { Settle(of(process)); }

  // As Acceptor::ListenOverflows. All of them have the same listening sockets.
  int64_t ListenOverflows() const;
  // From here on it is what it is now: the listening sockets are closed next.
  void KeepListenOverflows() { kept_overflows_ = ListenOverflows(); }
  // One line of what all have counted, or also one for each.
  void LogTotal(std::string_view event) const;
  void LogEach(std::string_view event) const;

 private:
  // `number` as in Log, from 1; 0: of all together.
  void Write(std::string_view event, std::span<const Books> books, size_t number) const;

  const BoundServer& bound_;
  Log& log_;
  const SharedBooks books_;
  std::optional<int64_t> kept_overflows_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_BOOKS_OF_ALL_H_
