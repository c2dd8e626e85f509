// Lines for an output that may keep its writer waiting: a thread of its own writes them, and nobody
// waits for that thread.
//
// A bounded queue, in order; a line that finds it full is refused. Owned by a LineStream, whose
// mutex keeps calls apart.

#ifndef SWITCHBOARD_SRC_BASE_BACKGROUND_WRITER_H_
#define SWITCHBOARD_SRC_BASE_BACKGROUND_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "src/linux/output.h"

namespace switchboard {

class BackgroundWriter {
 public:
  static constexpr size_t kMaxLineBytes = 4096;

  // Throws std::runtime_error if the system refuses the thread.
  explicit BackgroundWriter(std::shared_ptr<const sys::Output> output);
  // Gives what is queued a moment to get out, so that the last words of a program are read. A
  // thread that waits for its reader longer than that is left behind, with all that it uses.
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  // Queues a line of at most kMaxLineBytes; false if there is no room.
  bool Write(std::string_view line);

  // Lines that were queued and could not be written after all. Any thread.
  uint64_t lost() const;

 private:
  struct Shared;
  static void Run(Shared& shared);

  const std::shared_ptr<Shared> shared_;  // with the thread
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BASE_BACKGROUND_WRITER_H_
