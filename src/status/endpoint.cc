#include "src/status/endpoint.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/socket.h"
#include "src/status/json_text.h"
#include "src/status/metrics_text.h"
#include "src/status/page.h"

namespace switchboard::status {
namespace {

constexpr int64_t kRetryMs = 100;
constexpr int64_t kHeartLookMs = 10;

constexpr int kRequestTimeout = 408;
constexpr int kServiceUnavailable = 503;

bool IsOver(const Client& client) { return client.stage() == Client::Stage::kOver; }
bool AwaitsHeart(const Client& client) { return client.stage() == Client::Stage::kAwaitingHeart; }

}  // namespace

// One descriptor more than clients, for the one that is told that there are too many.
Endpoint::Endpoint(int listening, std::vector<std::string> host_names, int original,
                   Subject& subject)
    : listening_(listening),
      host_names_(std::move(host_names)),
      subject_(subject),
      spares_(original, kMost + 1) {}

void Endpoint::Watch(std::vector<pollfd>& watched, int64_t now_ms) const {
  const short accepting = now_ms < retry_ms_ ? 0 : POLLIN;
  watched.push_back({.fd = listening_, .events = accepting, .revents = 0});
  for (const Client& client : clients_) {
    watched.push_back({.fd = client.fd(), .events = client.events(), .revents = 0});
  }
}

int Endpoint::PollTimeoutMs(int64_t now_ms) const {
  int64_t due_ms = now_ms < retry_ms_ ? retry_ms_ : INT64_MAX;
  for (const Client& client : clients_) {
    due_ms = std::min(due_ms, AwaitsHeart(client) ? now_ms + kHeartLookMs : client.due_ms());
  }
  return due_ms == INT64_MAX ? -1 : static_cast<int>(std::max<int64_t>(due_ms - now_ms, 0));
}

void Endpoint::Handle(std::span<const pollfd> reported, int64_t now_ms) {
  HearHeart(now_ms);
  auto result = reported.begin() + 1;
  for (Client& client : clients_) {
    const bool has_news = (result++)->revents != 0;
    if (has_news || now_ms >= client.due_ms()) Turn(client, now_ms);
  }
  for (Client& client : clients_) {
    if (IsOver(client)) spares_.Keep(client.TakeDescriptor());
  }
  clients_.remove_if(IsOver);
  if ((reported.front().revents & POLLIN) != 0) AcceptAll();
}

// A descriptor is opened where a spare one was. In the moment between the two a caller of the
// server may take it; then the next one is given up.
void Endpoint::AcceptAll() {
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
      if (clients_.size() > kMost) {
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
void Endpoint::RefillSpares() { spares_.Refill(kMost + 1 - clients_.size()); }

// Whoever cannot be answered for lack of memory is hung up on.
void Endpoint::Turn(Client& client, int64_t now_ms) {
  try {
    if (now_ms >= client.due_ms()) {
      if (client.stage() != Client::Stage::kReading) return client.End();
      return client.Write(ToBytes(Refusal(kRequestTimeout), false), now_ms);
    }
    if (AwaitsHeart(client)) return client.End();  // it has reset the connection
    if (client.stage() != Client::Stage::kReading) return client.GoOn(now_ms);
    client.Read();
    if (IsOver(client)) return;
    const Request request = ParseRequest(client.said(), host_names_);
    if (request.complete) Answer(client, request, now_ms);
  } catch (const std::bad_alloc&) {
    client.End();
  }
}

void Endpoint::Answer(Client& client, const Request& request, int64_t now_ms) {
  if (request.refusal != 0) return client.Write(ToBytes(Refusal(request.refusal), false), now_ms);
  if (request.path == "/healthz") return AskHeart(client, request.head_only, now_ms);
  client.Write(ToBytes(ResponseTo(request), request.head_only), now_ms);
}

// HAProxy leaves the calls of a server alone only if its check answers 404 (disable-on-404).
Response Endpoint::Readiness(std::string_view query) {
  const View view = subject_.Look();
  const int not_ready = query == "not-ready=404" ? 404 : kServiceUnavailable;
  return {.status = view.ready ? 200 : not_ready, .body = view.state + "\n"};
}

Response Endpoint::ResponseTo(const Request& request) {
  const std::string_view path = request.path;
  if (path == "/readyz") return Readiness(request.query);
  if (path == "/metrics") return {.type = kMetricsType, .body = MetricsText(subject_.Look())};
  if (path == "/status.json")
    return {.type = "application/json", .body = JsonText(subject_.Look())};
  if (path == "/") return Page(subject_.Look());
  return Refusal(404);
}

void Endpoint::AskHeart(Client& client, bool head_only, int64_t now_ms) {
  subject_.AskHeart(now_ms);
  client.AwaitHeart(head_only);
  HearHeart(now_ms);
}

// Whoever cannot be told for lack of memory is hung up on.
void Endpoint::HearHeart(int64_t now_ms) {
  if (std::ranges::none_of(clients_, AwaitsHeart)) return;
  try {
    TellHeart(now_ms);
  } catch (const std::bad_alloc&) {
    for (Client& client : clients_) {
      if (AwaitsHeart(client)) client.End();
    }
  }
}

void Endpoint::TellHeart(int64_t now_ms) {
  Response response{.body = "ok\n"};
  std::string complaint;
  const Heart::Beat beat = subject_.HearHeart(now_ms, complaint);
  if (beat == Heart::Beat::kAwaited) return;
  if (beat == Heart::Beat::kFails) {
    response.status = kServiceUnavailable;
    response.body = complaint + "\n";
  }
  for (Client& client : clients_) {
    if (AwaitsHeart(client)) client.Write(ToBytes(response, client.head_only()), now_ms);
  }
}

}  // namespace switchboard::status
