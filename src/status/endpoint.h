// The HTTP endpoint of a status port: accepts its clients, and answers /healthz, /readyz, /metrics,
// /status.json and /
//
// It has no thread: whoever owns it, StatusPort or the parent of several processes, polls for it in
// a loop of its own, and all of it is called by the thread of that loop. Nothing in it waits or
// changes anything, and it shows no caller's address. Its descriptors are kept from the start, so
// that callers cannot take them.

#ifndef SWITCHBOARD_SRC_STATUS_ENDPOINT_H_
#define SWITCHBOARD_SRC_STATUS_ENDPOINT_H_

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/status/client.h"
#include "src/status/http_request.h"
#include "src/status/response.h"
#include "src/status/spare_descriptors.h"
#include "src/status/subject.h"

namespace switchboard::status {

class Endpoint {
 public:
  // Who are answered at a time, and how many descriptors there are then to wait for.
  static constexpr size_t kMost = 16;
  static constexpr size_t kMostWatched = kMost + 1;

  // `listening` is a non-blocking socket that listens; `host_names` as in ParseRequest. Descriptors
  // are kept as copies of `original`. All outlive this. What
  // the system does not give now is asked for again whenever a client calls.
  Endpoint(int listening, std::vector<std::string> host_names, int original, Subject& subject);

  // Adds what is to be waited for, poll(2), and says for how long; -1: for ever.
  void Watch(std::vector<pollfd>& watched, int64_t now_ms) const;
  int PollTimeoutMs(int64_t now_ms) const;
  // What poll has said of those that were added last. Also when it has said nothing.
  void Handle(std::span<const pollfd> reported, int64_t now_ms);

 private:
  void AcceptAll();
  void RefillSpares();
  void Turn(Client& client, int64_t now_ms);
  void Answer(Client& client, const Request& request, int64_t now_ms);
  Response Readiness(std::string_view query);
  Response ResponseTo(const Request& request);
  void AskHeart(Client& client, bool head_only, int64_t now_ms);
  void HearHeart(int64_t now_ms);
  void TellHeart(int64_t now_ms);

  const int listening_;
  const std::vector<std::string> host_names_;
  Subject& subject_;
  SpareDescriptors spares_;
  std::list<Client> clients_;
  int64_t retry_ms_ = 0;  // no descriptor for a client: when to try again
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_ENDPOINT_H_
