// Who calls on a connection: whom its proxy named, or else whoever is at the other end.
//
// A connection costs 24 bytes for what is noted, and nothing if nothing is. Note and Forget are the
// reactor's, Of any thread's while the connection is open.

#ifndef SWITCHBOARD_SRC_CONNECTION_CALLER_ADDRESSES_H_
#define SWITCHBOARD_SRC_CONNECTION_CALLER_ADDRESSES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "src/base/mutex.h"
#include "src/linux/address.h"

namespace switchboard {

class CallerAddresses {
 public:
  // Of `caller` its address is kept and no name of a socket. False if there is no memory for it.
  [[nodiscard]] bool Note(int fd, const sys::Address& caller);
  // Before `fd` is closed, whether or not anything was noted.
  void Forget(int fd);

  // What was noted, or what the kernel says, which does not know any more who has reset a call.
  sys::Address Of(int fd) const;

 private:
  static constexpr size_t kPageEntries = 256;

  // A whole sys::Address has room for the longest path of a socket.
  struct Entry {
    enum class Kind : uint8_t { kNone, kIp, kUnix };
    std::array<uint8_t, 16> ip{};
    uint32_t zone = 0;
    uint16_t port = 0;
    Kind kind = Kind::kNone;
  };
  using Page = std::array<Entry, kPageEntries>;

  Entry* Find(int fd) const REQUIRES(mutex_);

  bool used_ = false;  // the reactor's: whether anything was ever noted
  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Page>> pages_ GUARDED_BY(mutex_);  // by descriptor; null until needed
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_CALLER_ADDRESSES_H_
