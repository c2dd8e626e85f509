#include "src/status/client.h"

#include <poll.h>

#include <cassert>
#include <utility>

#include "src/linux/socket.h"
#include "src/status/http_request.h"

namespace switchboard::status {
namespace {

constexpr int64_t kReadMs = 5000;
constexpr int64_t kWriteMs = 5000;
constexpr int64_t kLingerMs = 1000;

// Most that is read and thrown away behind a request.
constexpr size_t kMostDiscarded = 64 << 10;

}  // namespace

Client::Client(sys::Fd fd, int64_t now_ms) : fd_(std::move(fd)), due_ms_(now_ms + kReadMs) {}

short Client::events() const {
  // A reset is reported all the same. Who has sent an end of stream may still want the answer, and
  // keeps its place until it is there, or late.
  if (stage_ == Stage::kAwaitingHeart) return 0;
  return stage_ == Stage::kWriting ? POLLOUT : POLLIN;
}

void Client::Read() {
  assert(said_.size() < kMostHeadBytes);  // so many are a whole head, and no room is no end
  char piece[kMostHeadBytes];
  const sys::Result got = sys::Recv(fd(), piece, kMostHeadBytes - said_.size());
  if (got.WouldBlock()) return;
  if (!got || got.value == 0) return End();
  said_.append(piece, static_cast<size_t>(got.value));
}

void Client::AwaitHeart(bool head_only) {
  stage_ = Stage::kAwaitingHeart;
  head_only_ = head_only;
}

void Client::Write(std::string answer, int64_t now_ms) {
  stage_ = Stage::kWriting;
  due_ms_ = now_ms + kWriteMs;
  answer_ = std::move(answer);
  GoOn(now_ms);
}

void Client::GoOn(int64_t now_ms) {
  if (stage_ == Stage::kLingering) return Discard();
  while (written_ < answer_.size()) {
    const sys::Result sent = sys::Send(fd(), answer_.data() + written_, answer_.size() - written_);
    if (sent.WouldBlock()) return;
    if (!sent) return End();
    written_ += static_cast<size_t>(sent.value);
  }
  // To close with unread input would reset the connection and take the answer back.
  if (!sys::ShutdownWrite(fd())) return End();
  stage_ = Stage::kLingering;
  due_ms_ = now_ms + kLingerMs;
  Discard();
}

void Client::Discard() {
  char piece[kMostHeadBytes];
  for (;;) {
    const sys::Result got = sys::Recv(fd(), piece, sizeof(piece));
    if (got.WouldBlock()) return;
    if (!got || got.value == 0) return End();
    discarded_ += static_cast<size_t>(got.value);
    if (discarded_ > kMostDiscarded) return End();
  }
}

}  // namespace switchboard::status
