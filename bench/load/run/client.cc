#include "bench/load/run/client.h"

#include <algorithm>
#include <cassert>

#include "bench/linux/socket.h"
#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

constexpr uint32_t kEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP;
// Of one connection's bytes after its first wrong one, at least this much is kept for explanation.
constexpr size_t kMinCapture = 16 * 1024;
constexpr size_t kSmallCapture = 64;  // the same once captures have used up their budget

}  // namespace

Client::Client(Context& context, size_t index)
    : context_(context), index_(index), waiting_(context.plan.options.IsOpenLoop() ? 4 : 1) {}

void Client::Open(int64_t intended_ns) {
  const Plan& plan = context_.plan;
  id_ = context_.next_id;
  context_.next_id += context_.id_step;
  pattern_ = Pattern(plan.options.seed, id_);
  sizes_ = Pattern(~plan.options.seed, id_);
  patience_seed_ = sizes_.WordAt(~uint64_t{0});  // beyond any message
  intended_open_ns_ = intended_ns;
  queued_ = sent_ = received_ = 0;
  offered_ = answered_ = front_end_ = stamped_ = stamped_end_ = 0;
  greeting_left_ = plan.greeting.size();
  failed_ = writable_ = half_closed_ = peer_closed_ = false;
  state_ = State::kConnecting;
  ++context_.opening;

  const Route& route = plan.routes[id_ % plan.routes.size()];
  const sys::Result socket = sys::StreamSocket(route.target.family());
  if (!socket) return Fail(Phase::kConnect, socket.error, sys::NowNs());
  fd_.Reset(static_cast<int>(socket.value));
  if (!route.target.IsUnix()) (void)sys::SetNoDelay(fd_.get(), true);
  if (const auto& sources = route.sources; !sources.empty()) {
    (void)sys::SetBindWithoutPort(fd_.get());
    const sys::Address& source = sources[id_ / plan.routes.size() % sources.size()];
    const sys::Result bound = sys::Bind(fd_.get(), source);
    if (!bound) return Fail(Phase::kConnect, bound.error, sys::NowNs());
  }
  const sys::Result connected = sys::Connect(fd_.get(), route.target);
  if (!connected && connected.error != EINPROGRESS) {
    return Fail(Phase::kConnect, connected.error, sys::NowNs());
  }
  const sys::Result added = context_.epoll.Add(fd_.get(), kEvents, {.ptr = this});
  if (!added) Fail(Phase::kConnect, added.error, sys::NowNs());
}

void Client::OnEvent(uint32_t events) {
  if (state_ == State::kClosed) return;  // closed by an earlier event of the same round
  if (state_ == State::kConnecting) {
    const int64_t now_ns = sys::NowNs();
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
      const int error = static_cast<int>(sys::PendingError(fd_.get()).value);
      if (error != 0) return Fail(Phase::kConnect, error, now_ns);
    }
    if ((events & EPOLLOUT) == 0) return;
    Established(now_ns);
    if (state_ == State::kClosed) return;
  }
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) peer_closed_ = true;
  if ((events & EPOLLIN) != 0 || peer_closed_) Receive();
  if ((events & EPOLLOUT) != 0 && !writable_ && state_ != State::kClosed) {
    writable_ = true;
    Send();
  }
}

// Connections that are to stay are opened before anything is measured.
bool Client::IsMeasuredCall() const {
  return !context_.plan.options.IsChurn() || context_.tally.window.Contains(intended_open_ns_);
}

void Client::Established(int64_t now_ns) {
  Tally& tally = context_.tally;
  if (IsMeasuredCall()) {
    tally.part.connect.Record(now_ns - intended_open_ns_);
  }
  state_ = State::kProving;
  writable_ = true;
  if (!context_.plan.options.IsOpenLoop()) return Refill(now_ns);
  // Where callers come and go, a proof of each would be load that no schedule asked for.
  if (context_.plan.patience && context_.stage == Context::Stage::kRunning) return BecomeReady();
  Offer({Message::kNoTime, now_ns, Message::kNoTime}, now_ns);  // proves the connection
}

void Client::BecomeReady() {
  state_ = State::kReady;
  --context_.opening;
  ++context_.ready;
}

// ---- Sending.

uint64_t Client::Allowance() const {
  const Options& options = context_.plan.options;
  if (context_.stage == Context::Stage::kDraining) return 0;
  if (context_.stage == Context::Stage::kOpening) return offered_ == 0 ? 1 : 0;
  uint64_t allowance = options.depth - std::min<uint64_t>(waiting_.size(), options.depth);
  if (options.IsChurn()) allowance = std::min(allowance, options.messages_per_call - offered_);
  return allowance;
}

void Client::Refill(int64_t now_ns) {
  const bool measured = now_ns >= context_.tally.window.start_ns;
  for (uint64_t allowed = Allowance(); allowed > 0; --allowed) {
    if (measured && !context_.quota.Take()) break;
    Enqueue({now_ns, now_ns, now_ns}, now_ns);
  }
  if (writable_ && sent_ < queued_) Send();
}

void Client::Offer(const Message& message, int64_t now_ns) {
  Enqueue(message, now_ns);
  if (writable_) Send();
}

void Client::Enqueue(const Message& message, int64_t now_ns) {
  queued_ += context_.plan.MessageSize(sizes_, offered_++);
  if (waiting_.empty()) front_end_ = queued_;
  waiting_.Push(message);
  const bool due = message.intended_ns != Message::kNoTime;
  context_.tally.Began(due ? message.intended_ns : now_ns, now_ns);
  if (waiting_.size() == 1) WaitForFront();
}

// Sets the alarm to when the patience with the oldest message ends, whose echo is the next to come.
// Those that prove a connection have all the time that the target needs.
void Client::WaitForFront() {
  const Plan& plan = context_.plan;
  if (!plan.patience) return;
  const bool counts = !waiting_.empty() && waiting_.front().intended_ns != Message::kNoTime &&
                      context_.stage != Context::Stage::kOpening && state_ != State::kSuspect;
  if (!counts) return context_.alarms.Clear(index_);
  context_.alarms.Set(
      index_, waiting_.front().intended_ns + plan.patience->DrawNs(patience_seed_, answered_));
}

void Client::Send() {
  while (sent_ < queued_) {
    const size_t size = std::min<uint64_t>(queued_ - sent_, Context::kBufferBytes);
    const char* const data = pattern_.Generate(sent_, size, context_.send_bytes());
    const int64_t now_ns = sys::NowNs();
    const sys::Result sent = sys::Send(fd_.get(), data, size);
    if (sent.WouldBlock()) {
      writable_ = false;
      return;
    }
    if (!sent) return Fail(Phase::kSend, sent.error, now_ns);
    sent_ += sent.value;
    if (context_.plan.options.IsOpenLoop()) StampSent(now_ns);
  }
}

// Gives their actual send time to the messages that the last send began, but only where no earlier
// reply was owed: a tester who waits for replies would not have sent the others yet.
void Client::StampSent(int64_t now_ns) {
  while (stamped_ < waiting_.size() && stamped_end_ < sent_) {
    if (stamped_ == 0) waiting_.front().sent_ns = now_ns;
    stamped_end_ += context_.plan.MessageSize(sizes_, answered_ + stamped_);
    ++stamped_;
  }
}

// ---- Receiving.

void Client::Receive() {
  // Room in front of the data, for Pattern::Matches.
  char* const buffer = context_.receive_bytes() + Pattern::kWord;
  constexpr size_t kSize = Context::kBufferBytes;
  int64_t now_ns = 0;
  for (bool drained = false; !drained;) {
    const sys::Result received = sys::Recv(fd_.get(), buffer, kSize);
    if (received.WouldBlock()) break;
    now_ns = sys::NowNs();
    context_.attendance.Saw(now_ns);
    if (!received) return Fail(Phase::kReceive, received.error, now_ns);
    if (received.value == 0) return EndOfStream(now_ns);
    std::span<char> data(buffer, received.value);
    if (greeting_left_ > 0) data = TakeGreeting(data, now_ns);
    if (!data.empty()) TakeEcho(data, now_ns);
    if (state_ == State::kClosed) return;
    drained = received.value < static_cast<long>(kSize) && !peer_closed_;
  }
  if (now_ns != 0 && state_ == State::kReady && !context_.plan.options.IsOpenLoop()) {
    Refill(now_ns);
  }
}

std::span<char> Client::TakeGreeting(std::span<char> data, int64_t now_ns) {
  const std::string& greeting = context_.plan.greeting;
  const size_t size = std::min(greeting_left_, data.size());
  const char* const expected = greeting.data() + (greeting.size() - greeting_left_);
  if (!std::equal(expected, expected + size, data.begin())) {
    context_.tally.Failed(Phase::kConnect, "GREETING", now_ns);
    failed_ = true;
    Close(now_ns);
    return {};
  }
  greeting_left_ -= size;
  return data.subspan(size);
}

void Client::TakeEcho(std::span<char> data, int64_t now_ns) {
  if (state_ == State::kSuspect) return KeepForExplanation(data, now_ns);
  const size_t expected = std::min<uint64_t>(data.size(), sent_ - received_);
  const bool right = pattern_.Matches(received_, data.data(), expected);
  const size_t good = right ? expected : pattern_.MatchingPrefix(received_, data.first(expected));
  received_ += good;
  context_.tally.part.verification.verified_bytes += good;
  if (state_ == State::kProving && good > 0) {
    BecomeReady();
    if (IsMeasuredCall()) context_.tally.part.first_echo.Record(now_ns - intended_open_ns_);
  }
  CompleteMessages(now_ns);
  if (good < data.size()) return BecomeSuspect(data.subspan(good), now_ns);
  const uint64_t call_length = context_.plan.options.messages_per_call;
  if (call_length > 0 && answered_ == call_length) {
    if (context_.tally.window.Contains(now_ns)) ++context_.tally.part.generator.calls;
    Close(now_ns);
  }
}

void Client::CompleteMessages(int64_t now_ns) {
  if (waiting_.empty() || front_end_ > received_) return;
  while (!waiting_.empty() && front_end_ <= received_) {
    const uint32_t size = context_.plan.MessageSize(sizes_, answered_);
    context_.tally.Answered(waiting_.front(), size, now_ns);
    context_.tally.Ended(now_ns);
    waiting_.Pop();
    ++answered_;
    if (stamped_ > 0) --stamped_;
    front_end_ += context_.plan.MessageSize(sizes_, answered_);
  }
  WaitForFront();
}

void Client::BecomeSuspect(std::span<const char> data, int64_t now_ns) {
  Tally& tally = context_.tally;
  --(state_ == State::kReady ? context_.ready : context_.opening);
  ++context_.suspects;
  state_ = State::kSuspect;
  WaitForFront();
  ++tally.part.verification.bad_connections;
  capture_ = tally.captures.size();
  tally.captures.push_back({.connection = id_, .offset = received_, .sent = sent_, .received = {}});
  queued_ = sent_;
  KeepForExplanation(data, now_ns);
}

void Client::KeepForExplanation(std::span<const char> data, int64_t now_ns) {
  Capture& capture = context_.tally.captures[capture_];
  const size_t most = std::max(kMinCapture, size_t{4} * context_.plan.options.max_size_bytes);
  const size_t limit = context_.capture_budget > 0 ? most : kSmallCapture;
  const size_t room = limit - std::min(limit, capture.received.size());
  const size_t kept = std::min(room, data.size());
  capture.received.insert(capture.received.end(), data.begin(), data.begin() + kept);
  context_.capture_budget -= std::min(context_.capture_budget, kept);
  if (kept < data.size()) capture.complete = false;
  if (!capture.complete || capture.offset + capture.received.size() >= capture.sent) {
    ForgetWaiting(now_ns);
  }
}

// ---- The end.

void Client::EndOfStream(int64_t now_ns) {
  Tally& tally = context_.tally;
  // Hung up before it echoed anything: a caller turned away, no echo gone wrong.
  if (state_ == State::kProving) tally.Failed(Phase::kConnect, "CLOSED", now_ns);
  if (state_ == State::kReady && !half_closed_) tally.Failed(Phase::kReceive, "CLOSED", now_ns);
  if (state_ == State::kReady && half_closed_ && received_ < sent_) {
    ++tally.part.verification.bad_connections;
    tally.part.verification.damage.lost += sent_ - received_;
  }
  if (state_ == State::kSuspect && half_closed_) ForgetWaiting(now_ns);  // nothing more will come
  failed_ = true;
  Close(now_ns);
}

void Client::LosePatience(int64_t now_ns) {
  const uint64_t answered = answered_;
  Receive();
  if (state_ == State::kClosed || state_ == State::kSuspect || answered_ != answered) return;
  Tally& tally = context_.tally;
  for (size_t i = 0; i < waiting_.size(); ++i) tally.Abandoned(waiting_[i], now_ns);
  tally.HungUp(now_ns);
  ForgetWaiting(now_ns);
  (void)sys::SetResetOnClose(fd_.get());
  Close(now_ns);
}

void Client::Fail(Phase phase, int error, int64_t now_ns) {
  context_.tally.Failed(phase, error, now_ns);
  failed_ = true;
  Close(now_ns);
}

void Client::Close(int64_t now_ns) {
  assert(state_ != State::kClosed);
  Tally& tally = context_.tally;
  if (state_ == State::kConnecting || state_ == State::kProving) --context_.opening;
  if (state_ == State::kReady) --context_.ready;
  tally.longest_stream = std::max(tally.longest_stream, sent_);
  if (state_ == State::kSuspect) {
    if (!waiting_.empty()) tally.captures[capture_].complete = false;
  } else {
    for (size_t i = 0; i < waiting_.size(); ++i) tally.Unanswered(waiting_[i], now_ns);
  }
  ForgetWaiting(now_ns);
  fd_.Reset();
  state_ = State::kClosed;
  context_.closed.push_back(this);
}

void Client::ForgetWaiting(int64_t now_ns) {
  context_.tally.Ended(now_ns, static_cast<int64_t>(waiting_.size()));
  waiting_.Clear();
  WaitForFront();
}

void Client::HalfClose() {
  if (state_ != State::kReady && state_ != State::kSuspect) return;
  queued_ = sent_;
  half_closed_ = true;
  (void)sys::ShutdownWrite(fd_.get());
}

void Client::Finish(int64_t now_ns) {
  if (state_ == State::kClosed) return;
  if (!waiting_.empty()) context_.tally.Failed(Phase::kReceive, "TIMEOUT", now_ns);
  Close(now_ns);
}

}  // namespace switchboard::load
