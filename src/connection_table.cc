#include "src/connection_table.h"

#include <new>

namespace switchboard {

Connection* ConnectionTable::New(int fd, const Route& route) {
  reactor_thread_.Check();
  if (free_.empty()) {
    std::unique_ptr<Connection[]> slab(new (std::nothrow) Connection[kSlabSize]);
    if (slab == nullptr) return nullptr;
    slabs_.push_back(std::move(slab));
    for (size_t i = 0; i < kSlabSize; ++i) free_.PushBack(&slabs_.back()[i]);
  }
  Connection* const place = free_.PopFront();
  std::destroy_at(place);
  return std::construct_at(place, fd, route);
}

}  // namespace switchboard
