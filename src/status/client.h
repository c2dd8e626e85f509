// One client of the status port: a request is read, answered and written, then the connection ends.
// What a client may take, in time and in bytes, is bounded at every stage.
//
// Used by the thread of the port.

#ifndef SWITCHBOARD_SRC_STATUS_CLIENT_H_
#define SWITCHBOARD_SRC_STATUS_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "src/linux/fd.h"

namespace switchboard::status {

class Client {
 public:
  enum class Stage {
    kReading,
    kAwaitingHeart,  // for the answer to /healthz
    kWriting,
    kLingering,  // all is written: waits until the client has read it and hangs up
    kOver,
  };

  Client(sys::Fd fd, int64_t now_ms);

  int fd() const { return fd_.get(); }
  Stage stage() const { return stage_; }
  bool head_only() const { return head_only_; }
  int64_t due_ms() const { return due_ms_; }
  // What to wait for, poll(2).
  short events() const;
  std::string_view said() const { return said_; }

  // Reads what is there.
  void Read();
  // The answer waits for the reactor.
  void AwaitHeart(bool head_only);
  void Write(std::string answer, int64_t now_ms);
  // Goes on writing, or reads what follows a request.
  void GoOn(int64_t now_ms);
  void End() { stage_ = Stage::kOver; }

  // For whoever keeps the descriptor for the next client. The client is over.
  sys::Fd TakeDescriptor() { return sys::Fd(fd_.Release()); }

 private:
  void Discard();

  sys::Fd fd_;
  Stage stage_ = Stage::kReading;
  int64_t due_ms_;
  bool head_only_ = false;
  std::string said_;
  std::string answer_;
  size_t written_ = 0;
  size_t discarded_ = 0;
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_CLIENT_H_
