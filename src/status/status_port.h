// The status port: says over HTTP how the server is. /healthz, /readyz, /metrics, /status.json and
// /
//
// A thread of its own that sleeps in poll(2), so that it answers when the reactor hangs. Nothing in
// it changes anything, and it shows no caller's address. Its descriptors are kept from the start,
// so that callers cannot take them. Made before the Server, as it also says that one is starting.

#ifndef SWITCHBOARD_SRC_STATUS_STATUS_PORT_H_
#define SWITCHBOARD_SRC_STATUS_STATUS_PORT_H_

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "src/linux/epoll.h"
#include "src/linux/fd.h"
#include "src/linux/process_figures.h"
#include "src/linux/thread.h"
#include "src/mutex.h"
#include "src/status/client.h"
#include "src/status/heart.h"
#include "src/status/http_request.h"
#include "src/status/response.h"
#include "src/status/spare_descriptors.h"
#include "src/status/view.h"
#include "switchboard/server.h"

namespace switchboard::status {

class StatusPort {
 public:
  // `listening` is a non-blocking socket that listens and outlives the port; `host_names` as in
  // ParseRequest. Throws std::runtime_error if the system refuses a thread or descriptors.
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
  void AcceptAll();
  void RefillSpares();
  void Turn(Client& client, int64_t now_ms);
  void Read(Client& client);
  void Answer(Client& client, const Request& request, int64_t now_ms);
  Response Readiness(std::string_view query);
  Response ResponseTo(const Request& request);
  void AskHeart(Client& client, bool head_only, int64_t now_ms);
  void HearHeart(int64_t now_ms);
  View Look();
  int PollTimeoutMs(int64_t now_ms) const;

  const int listening_;
  const std::vector<std::string> host_names_;
  sys::EventFd wake_up_;  // to stop
  SpareDescriptors spares_;
  const sys::ProcessWatch process_;
  std::list<Client> clients_;
  int64_t retry_ms_ = 0;  // no descriptor for a client: when to try again

  Mutex mutex_;
  Server* server_ GUARDED_BY(mutex_) = nullptr;
  bool stopping_ GUARDED_BY(mutex_) = false;
  Heart heart_ GUARDED_BY(mutex_);

  sys::Thread thread_;
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_STATUS_PORT_H_
