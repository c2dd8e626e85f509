#include "src/books/shared_books.h"

#include <stdexcept>
#include <string>

#include "src/linux/memory.h"

namespace switchboard {

SharedBooks::SharedBooks(const Roster& roster, size_t processes)
    : bytes_(processes * Books::BytesFor(roster)),
      memory_(static_cast<std::byte*>(sys::MapSharedPages(bytes_))) {
  if (memory_ == nullptr) {
    throw std::runtime_error("there is no memory for " + std::to_string(bytes_) +
                             " bytes that --processes " + std::to_string(processes) +
                             " count in; give fewer of them or fewer --workers");
  }
  for (size_t i = 0; i < processes; ++i) {
    books_.emplace_back(roster, memory_ + i * Books::BytesFor(roster));
  }
}

SharedBooks::~SharedBooks() { sys::UnmapPages(memory_, bytes_); }

}  // namespace switchboard
