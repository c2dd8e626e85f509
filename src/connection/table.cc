#include "src/connection/table.h"

#include <new>

namespace switchboard {

Connection* ConnectionTable::New(int fd, const Route& route, bool is_unix) {
  reactor_thread_.Check();
  if (free_.empty() && !Grow()) return nullptr;
  Connection* const place = free_.PopFront();
  EventSource source = place->source;
  source.generation = (source.generation + 1) % EventSource::kGenerations;
  std::destroy_at(place);
  std::construct_at(place, fd, route, is_unix)->source = source;
  return place;
}

Connection* ConnectionTable::Find(const EventSource& source) {
  reactor_thread_.Check();
  const size_t slab = source.slot / kSlabSize;
  if (slab >= slabs_.size()) return nullptr;
  Connection& connection = slabs_[slab][source.slot % kSlabSize];
  return connection.source == source && !connection.closed() ? &connection : nullptr;
}

bool ConnectionTable::Grow() {
  try {
    slabs_.push_back(std::make_unique<Connection[]>(kSlabSize));
  } catch (const std::bad_alloc&) {
    return false;
  }
  const size_t first = (slabs_.size() - 1) * kSlabSize;
  for (size_t i = 0; i < kSlabSize; ++i) {
    Connection& place = slabs_.back()[i];
    place.source.slot = static_cast<uint32_t>(first + i);
    free_.PushBack(&place);
  }
  return true;
}

}  // namespace switchboard
