#include "tests/sim/kernel/file.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace switchboard::sim {

File::~File() { LeaveSets(); }

void File::LeaveSets() {
  while (!sets_.empty()) (void)sets_.back()->Remove(*this);
}

void File::Wake(uint32_t events) {
  for (EpollSet* const set : sets_) set->OnWake(*this, events);
}

EpollSet::~EpollSet() {
  for (const auto& [file, entry] : entries_) std::erase(file->sets_, this);
}

sys::Result EpollSet::Add(File& file, uint32_t events, epoll_data_t data) {
  const auto [entry, added] = entries_.emplace(&file, Entry{events, data, false});
  if (!added) return {-1, EEXIST};
  file.sets_.push_back(this);
  Queue(file, entry->second);
  return {};
}

sys::Result EpollSet::Modify(File& file, uint32_t events, epoll_data_t data) {
  const auto found = entries_.find(&file);
  if (found == entries_.end()) return {-1, ENOENT};
  found->second.events = events;
  found->second.data = data;
  Queue(file, found->second);
  return {};
}

sys::Result EpollSet::Remove(File& file) {
  if (entries_.erase(&file) == 0) return {-1, ENOENT};
  std::erase(file.sets_, this);
  std::erase(queue_, &file);
  return {};
}

size_t EpollSet::Fetch(std::span<epoll_event> events) {
  size_t count = 0;
  while (count < events.size() && !queue_.empty()) {
    File* const file = queue_.front();
    queue_.pop_front();
    Entry& entry = entries_.at(file);
    entry.queued = false;
    const uint32_t mask = file->Mask() & (entry.events | EPOLLERR | EPOLLHUP);
    if (mask != 0) events[count++] = {.events = mask, .data = entry.data};
  }
  return count;
}

void EpollSet::OnWake(File& file, uint32_t events) {
  Entry& entry = entries_.at(&file);
  if (events != 0 && (events & (entry.events | EPOLLERR | EPOLLHUP)) == 0) return;
  if (std::exchange(entry.queued, true)) return;
  queue_.push_back(&file);
  Wake(EPOLLIN);
}

// For an entry that is new or has changed: what is the case counts as having happened.
void EpollSet::Queue(File& file, Entry& entry) {
  if ((file.Mask() & (entry.events | EPOLLERR | EPOLLHUP)) != 0) OnWake(file, 0);
}

uint32_t EventCounter::Mask() {
  constexpr uint64_t kFull = std::numeric_limits<uint64_t>::max() - 1;
  return (count_ > 0 ? uint32_t{EPOLLIN} : 0) | (count_ < kFull ? uint32_t{EPOLLOUT} : 0);
}

sys::Result EventCounter::Add(uint64_t count) {
  if (count_ > std::numeric_limits<uint64_t>::max() - 1 - count) return {-1, EAGAIN};
  count_ += count;
  Wake(EPOLLIN);
  return {};
}

sys::Result EventCounter::Take() {
  if (count_ == 0) return {-1, EAGAIN};
  const uint64_t taken = std::exchange(count_, 0);
  Wake(EPOLLOUT);
  return {static_cast<long>(taken), 0};
}

}  // namespace switchboard::sim
