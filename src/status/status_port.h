// The status port of one server: says over HTTP how it is.
//
// A thread of its own that sleeps in poll(2), so that it answers when the reactor hangs. Made
// before the Server, as it also says that one is starting.

#ifndef SWITCHBOARD_SRC_STATUS_STATUS_PORT_H_
#define SWITCHBOARD_SRC_STATUS_STATUS_PORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/mutex.h"
#include "src/linux/epoll.h"
#include "src/linux/process_figures.h"
#include "src/linux/thread.h"
#include "src/status/endpoint.h"
#include "src/status/heart.h"
#include "src/status/subject.h"
#include "src/status/view.h"
#include "switchboard/server.h"

namespace switchboard::status {

class StatusPort final : private Subject {
 public:
  // `listening` and `host_names` as in Endpoint. Throws std::runtime_error if the system refuses a
  // thread or descriptors.
  StatusPort(int listening, std::vector<std::string> host_names);
  // Joins the thread.
  ~StatusPort();
  StatusPort(const StatusPort&) = delete;
  StatusPort& operator=(const StatusPort&) = delete;

  // Any thread: from here on it is `server` that is shown, which runs or is about to; nullptr: no
  // longer. On return nothing looks at the one before.
  void Show(Server* server);

 private:
  void Run();
  View Look() override;
  void AskHeart(int64_t now_ms) override;
  Heart::Beat HearHeart(int64_t now_ms, std::string& complaint) override;

  sys::EventFd wake_up_;  // to stop
  Endpoint endpoint_;
  const sys::ProcessWatch process_;

  Mutex mutex_;
  Server* server_ GUARDED_BY(mutex_) = nullptr;
  bool stopping_ GUARDED_BY(mutex_) = false;
  Heart heart_ GUARDED_BY(mutex_);

  sys::Thread thread_;
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_STATUS_PORT_H_
