#include "src/connection/caller_addresses.h"

#include <algorithm>
#include <new>
#include <string_view>

#include "src/linux/socket.h"

namespace switchboard {

CallerAddresses::Entry* CallerAddresses::Find(int fd) const {
  const size_t page = static_cast<size_t>(fd) / kPageEntries;
  if (fd < 0 || page >= pages_.size() || pages_[page] == nullptr) return nullptr;
  return &(*pages_[page])[static_cast<size_t>(fd) % kPageEntries];
}

bool CallerAddresses::Note(int fd, const sys::Address& caller) {
  MutexLock lock(mutex_);
  const size_t page = static_cast<size_t>(fd) / kPageEntries;
  try {
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
  } catch (const std::bad_alloc&) {
    return false;
  }
  used_ = true;
  *Find(fd) = {.ip = caller.Ipv6Bytes(),
               .zone = caller.zone(),
               .port = caller.port(),
               .kind = caller.IsUnix() ? Entry::Kind::kUnix : Entry::Kind::kIp};
  return true;
}

void CallerAddresses::Forget(int fd) {
  if (!used_) return;
  MutexLock lock(mutex_);
  if (Entry* const entry = Find(fd)) *entry = Entry();
}

sys::Address CallerAddresses::Of(int fd) const {
  {
    MutexLock lock(mutex_);
    const Entry* const entry = Find(fd);
    if (entry != nullptr && entry->kind == Entry::Kind::kUnix) return sys::Address::UnnamedUnix();
    if (entry != nullptr && entry->kind == Entry::Kind::kIp) {
      const std::string_view ip(reinterpret_cast<const char*>(entry->ip.data()), entry->ip.size());
      return sys::Address::Ip(ip, entry->port, entry->zone);
    }
  }
  return sys::PeerAddress(fd);
}

}  // namespace switchboard
