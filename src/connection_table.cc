#include "src/connection_table.h"

#include <new>

namespace switchboard {

Connection* ConnectionTable::New(int fd, const Route& route) {
  if (free_.empty()) {
    std::unique_ptr<Connection[]> slab(new (std::nothrow) Connection[kSlabSize]);
    if (slab == nullptr) return nullptr;
    for (size_t i = 0; i < kSlabSize; ++i) free_.PushBack(&slab[i]);
    slabs_.push_back(std::move(slab));
  }
  Connection* const place = free_.PopFront();
  std::destroy_at(place);
  return std::construct_at(place, fd, route);
}

}  // namespace switchboard
