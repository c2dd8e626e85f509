#include "src/status/status_port.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/process.h"
#include "src/linux/socket.h"
#include "src/status/json_text.h"
#include "src/status/metrics_text.h"
#include "src/status/page.h"

namespace switchboard::status {
namespace {

constexpr size_t kMostClients = 16;
constexpr int64_t kRetryMs = 100;
constexpr int64_t kHeartLookMs = 10;

constexpr int kRequestTimeout = 408;
constexpr int kServiceUnavailable = 503;

std::string SecondsText(int64_t ms) {
  return std::to_string(ms / 1000) + '.' + std::to_string(ms / 100 % 10) + " s";
}

bool IsOver(const Client& client) { return client.stage() == Client::Stage::kOver; }

}  // namespace

// One descriptor more than clients, for the one that is told that there are too many.
StatusPort::StatusPort(int listening, std::vector<std::string> host_names)
    : listening_(listening),
      host_names_(std::move(host_names)),
      spares_(wake_up_.fd(), kMostClients + 1) {
  thread_ = sys::StartThread("the thread of the status port", [this] { Run(); });
}

StatusPort::~StatusPort() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_up_.Signal();
  thread_.Join();
}

void StatusPort::Show(Server* server) {
  MutexLock lock(mutex_);
  server_ = server;
  heart_ = Heart();
}

void StatusPort::Run() {
  sys::NameThisThread("status");
  std::vector<pollfd> watched;
  watched.reserve(kMostClients + 2);
  for (;;) {
    {
      MutexLock lock(mutex_);
      if (stopping_) return;
    }
    const int64_t before_ms = sys::NowMs();
    const short accepting = before_ms < retry_ms_ ? 0 : POLLIN;
    watched.assign({{.fd = wake_up_.fd(), .events = POLLIN, .revents = 0},
                    {.fd = listening_, .events = accepting, .revents = 0}});
    for (const Client& client : clients_) {
      watched.push_back({.fd = client.fd(), .events = client.events(), .revents = 0});
    }
    (void)sys::PollAll(watched, PollTimeoutMs(before_ms));
    const int64_t now_ms = sys::NowMs();
    HearHeart(now_ms);
    auto result = watched.begin() + 2;
    for (Client& client : clients_) {
      const bool reported = (result++)->revents != 0;
      if (reported || now_ms >= client.due_ms()) Turn(client, now_ms);
    }
    for (Client& client : clients_) {
      if (IsOver(client)) spares_.Keep(client.TakeDescriptor());
    }
    clients_.remove_if(IsOver);
    if ((watched[1].revents & POLLIN) != 0) AcceptAll();
  }
}

int StatusPort::PollTimeoutMs(int64_t now_ms) const {
  int64_t due_ms = now_ms < retry_ms_ ? retry_ms_ : INT64_MAX;
  for (const Client& client : clients_) {
    const bool waits = client.stage() == Client::Stage::kAwaitingHeart;
    due_ms = std::min(due_ms, waits ? now_ms + kHeartLookMs : client.due_ms());
  }
  return due_ms == INT64_MAX ? -1 : static_cast<int>(std::max<int64_t>(due_ms - now_ms, 0));
}

// A descriptor is opened where a spare one was. In the moment between the two a caller of the
// server may take it; then the next one is given up.
void StatusPort::AcceptAll() {
  RefillSpares();
  for (;;) {
    if (!spares_.Free()) break;
    const sys::Result accepted = sys::Accept(listening_);
    if (accepted.error == EMFILE || accepted.error == ENFILE) continue;
    if (accepted.error == EINTR || accepted.error == ECONNABORTED) {
      RefillSpares();
      continue;
    }
    if (!accepted) break;
    const int64_t now_ms = sys::NowMs();
    sys::Fd fd(static_cast<int>(accepted.value));
    try {
      clients_.emplace_back(std::move(fd), now_ms);
      if (clients_.size() > kMostClients) {
        clients_.back().Write(ToBytes(Refusal(kServiceUnavailable), false), now_ms);
        spares_.Keep(clients_.back().TakeDescriptor());
        clients_.pop_back();
      }
    } catch (const std::bad_alloc&) {
      break;
    }
  }
  const bool none_left = spares_.size() == 0;
  RefillSpares();
  if (none_left && spares_.size() == 0) retry_ms_ = sys::NowMs() + kRetryMs;
}

// Each client has the place of one.
void StatusPort::RefillSpares() { spares_.Refill(kMostClients + 1 - clients_.size()); }

// Whoever cannot be answered for lack of memory is hung up on.
void StatusPort::Turn(Client& client, int64_t now_ms) {
  try {
    if (now_ms >= client.due_ms()) {
      if (client.stage() != Client::Stage::kReading) return client.End();
      return client.Write(ToBytes(Refusal(kRequestTimeout), false), now_ms);
    }
    if (client.stage() == Client::Stage::kAwaitingHeart) return client.End();  // it has hung up
    if (client.stage() != Client::Stage::kReading) return client.GoOn(now_ms);
    client.Read();
    if (IsOver(client)) return;
    const Request request = ParseRequest(client.said(), host_names_);
    if (request.complete) Answer(client, request, now_ms);
  } catch (const std::bad_alloc&) {
    client.End();
  }
}

void StatusPort::Answer(Client& client, const Request& request, int64_t now_ms) {
  if (request.refusal != 0) return client.Write(ToBytes(Refusal(request.refusal), false), now_ms);
  if (request.path == "/healthz") return AskHeart(client, request.head_only, now_ms);
  client.Write(ToBytes(ResponseTo(request), request.head_only), now_ms);
}

// HAProxy leaves the calls of a server alone only if its check answers 404 (disable-on-404).
Response StatusPort::Readiness(std::string_view query) {
  const View view = Look();
  const int not_ready = query == "not-ready=404" ? 404 : kServiceUnavailable;
  return {.status = view.ready ? 200 : not_ready, .body = view.state + "\n"};
}

Response StatusPort::ResponseTo(const Request& request) {
  const std::string_view path = request.path;
  if (path == "/readyz") return Readiness(request.query);
  if (path == "/metrics") return {.type = kMetricsType, .body = MetricsText(Look())};
  if (path == "/status.json") return {.type = "application/json", .body = JsonText(Look())};
  if (path == "/") return Page(Look());
  return Refusal(404);
}

View StatusPort::Look() {
  MutexLock lock(mutex_);
  View view;
  view.process = process_.Look();
  if (server_ == nullptr) return view;
  view.ready = server_->phase() == Phase::kServing;
  view.stopping = !view.ready;
  const bool lame_duck = server_->phase() == Phase::kLameDuck;
  view.state = view.ready ? "ready" : lame_duck ? ToString(Phase::kLameDuck) : "draining";
  view.figures = server_->GetSnapshot();
  return view;
}

void StatusPort::AskHeart(Client& client, bool head_only, int64_t now_ms) {
  {
    MutexLock lock(mutex_);
    if (server_ != nullptr) heart_.Ask(*server_, now_ms);
  }
  client.AwaitHeart(head_only);
  HearHeart(now_ms);
}

void StatusPort::HearHeart(int64_t now_ms) {
  Response response{.body = "ok\n"};
  {
    MutexLock lock(mutex_);
    // Without a server there is no heart that could fail.
    const Heart::Beat beat =
        server_ == nullptr ? Heart::Beat::kBeats : heart_.Look(*server_, now_ms);
    if (beat == Heart::Beat::kAwaited) return;
    if (beat == Heart::Beat::kFails) {
      response.status = kServiceUnavailable;
      response.body = "reactor: no round for " + SecondsText(heart_.SilentMs(now_ms)) + "\n";
    }
  }
  for (Client& client : clients_) {
    if (client.stage() != Client::Stage::kAwaitingHeart) continue;
    client.Write(ToBytes(response, client.head_only()), now_ms);
  }
}

}  // namespace switchboard::status
