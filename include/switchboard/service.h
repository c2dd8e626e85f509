// A service: what is done with each complete read. Derive from Service to add one.
//
// Threads: a server calls its services from the worker threads of their pool, for many callers at
// the same time, but never twice at once for the same caller. A service therefore keeps what
// belongs to a caller in Call::state(), and guards whatever else it changes. An exception that
// leaves a service ends the program.

#ifndef SWITCHBOARD_SERVICE_H_
#define SWITCHBOARD_SERVICE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace switchboard {

// One turn of a service for one caller. Valid only during the call it is passed to.
class Call {
 public:
  Call(std::span<char> buffer, size_t size, uint64_t& state)
      : buffer_(buffer), size_(size), state_(state) {}

  // On entry what the caller said (empty unless in OnRead); what it holds on return is the reply.
  std::span<char> data() const { return buffer_.first(size_); }
  // The room for a reply, which begins with data(): as much as is asked for, at most
  // Options::read_buffer_bytes. The server takes it all to be written to, so less costs less
  // memory.
  std::span<char> buffer(size_t size = SIZE_MAX) {
    size = std::min(size, buffer_.size());
    used_ = std::max(used_, size);
    return buffer_.first(size);
  }
  // Makes the first `size` bytes of buffer() the reply; 0 for none, and no more than there is room.
  void SetReplySize(size_t size) { size_ = std::min(size, buffer_.size()); }

  // How much of buffer() the service may have written to.
  size_t used() const { return used_; }

  // A word that the service keeps for this caller; 0 when the call begins.
  uint64_t& state() { return state_; }

 private:
  std::span<char> buffer_;
  size_t size_;
  size_t used_ = 0;
  uint64_t& state_;
};

// What follows once the reply has been written.
enum class Next : uint8_t {
  kRead,      // OnRead, when the caller says more
  kContinue,  // OnContinue, at once; what the caller says until then is discarded
  kHangUp,    // the end: the caller gets every byte of the reply, then end of stream
};

class Service {
 public:
  // Constant facts that the server asks for when it starts.
  struct Traits {
    bool speaks_first = false;  // OnOpen is called for each new caller
    // Whether a turn may wait for something (a disk, a lock, a clock) or start a process. The short
    // turns of a service that never does are left to one worker, which wakes fewer threads. That
    // worker is held to one CPU at times, and a process would inherit it. A pool that serves one
    // service which may block treats all of its services so.
    bool may_block = true;
    size_t max_read_bytes = SIZE_MAX;  // most that one read takes, if less than the buffer
  };

  virtual ~Service() = default;
  virtual Traits traits() const { return {}; }

  // The caller has just been connected.
  virtual Next OnOpen(Call&) { return Next::kRead; }
  // The caller has said call.data(). Left alone, it is the reply.
  virtual Next OnRead(Call& call) = 0;
  // The reply of a turn that returned kContinue has been written.
  virtual Next OnContinue(Call&) { return Next::kHangUp; }
  // The server stops, and the time for replies under way is over: turns that wait for something
  // should end, those under way and those to come. Comes from the reactor thread, once at most.
  virtual void GiveUp() {}
  // The call is over, however it ended; `state` is the word that the service kept for it. Comes
  // from the reactor thread, once for each caller, so it must not wait for anything. A caller whom
  // the machine refused before the service could hear of it, in OnOpen if it speaks first, is none.
  virtual void OnClose(uint64_t /*state*/) {}
};

// Services by the name that Options::listen and Options::service_workers use.
using Services = std::map<std::string, std::shared_ptr<Service>>;

}  // namespace switchboard

#endif  // SWITCHBOARD_SERVICE_H_
