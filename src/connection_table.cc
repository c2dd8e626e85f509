#include "src/connection_table.h"

#include <new>

namespace switchboard {

Connection* ConnectionTable::New(int fd, const Route& route, bool is_unix) {
  reactor_thread_.Check();
  if (free_.empty() && !Grow()) return nullptr;
  Connection* const place = free_.PopFront();
  std::destroy_at(place);
  return std::construct_at(place, fd, route, is_unix);
}

bool ConnectionTable::Grow() {
  try {
    slabs_.push_back(std::make_unique<Connection[]>(kSlabSize));
  } catch (const std::bad_alloc&) {
    return false;
  }
  for (size_t i = 0; i < kSlabSize; ++i) free_.PushBack(&slabs_.back()[i]);
  return true;
}

}  // namespace switchboard
