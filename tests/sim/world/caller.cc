#include "tests/sim/world/caller.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::sim {
namespace {

constexpr int64_t kSynRetryNs = 1'000'000'000;
constexpr std::string_view kBusy = "busy\n";

char Said(int number, size_t place) {
  const uint64_t mixed = (static_cast<uint64_t>(number) << 40 | place) * 0x9E3779B97F4A7C15;
  const char byte = static_cast<char>(mixed >> 56);
  return byte == kBusy[0] ? '\0' : byte;  // so that nobody takes an echo for a busy signal
}

// RFC 864: lines of 72 of the 95 printable characters, each beginning one later.
char Pattern(size_t place) {
  constexpr size_t kLine = 74;
  const size_t column = place % kLine;
  if (column >= kLine - 2) return column == kLine - 1 ? '\n' : '\r';
  return static_cast<char>(' ' + (place / kLine + column) % 95);
}

}  // namespace

Caller::Caller(Machine& machine, int number, const CallerPlan& plan)
    : machine_(machine), number_(number), plan_(plan), wakes_ns_(plan.starts_ns) {}

bool Caller::Step() {
  if (done_ || now_ns() < wakes_ns_) return false;
  if (!connected_) {
    Dial();
    return true;
  }
  if (std::exchange(arrived_bytes_, stream_->arrived_bytes()) != stream_->arrived_bytes()) {
    NoteMoved();
  }
  if (plan_.pause_ns > 0 && machine_.random.OneIn(20)) {
    NoteWait();
    wakes_ns_ = waits_since_ns_ = now_ns() + machine_.random.Between(1, plan_.pause_ns);
    return true;
  }
  const bool says_first = machine_.random.OneIn(2);
  return MayEnd() || (says_first && Say()) || Hear() || Say();
}

int64_t Caller::due_ns() const {
  if (done_) return kNeverNs;
  if (now_ns() < wakes_ns_) return wakes_ns_;
  return now_ns() < hears_ns_ ? std::min(hears_ns_, leaves_ns_) : leaves_ns_;
}

bool Caller::WaitsToBeHungUpOn() const {
  return plan_.ending == CallerPlan::Ending::kStay || plan_.ending == CallerPlan::Ending::kDeaf;
}

// Also again, as long as there is no place in the backlog.
void Caller::Dial() {
  stream_ = std::make_shared<Stream>(plan_.socket);
  machine_.NoteStream(stream_);
  machine_.Connect(*stream_, plan_.port);
  connected_ = stream_->connected();
  if (connected_) {
    NoteMoved();
    waits_since_ns_ = moved_ns_;
  } else if (stream_->TakeError() == ECONNREFUSED) {
    refused_ = true;
    End();
  } else {
    wakes_ns_ = now_ns() + kSynRetryNs;
  }
}

// In pieces, and not counted: no service sees it.
bool Caller::SayHeader() {
  const size_t most =
      std::min(plan_.header.size() - header_bytes_, 1 + machine_.random.Below(plan_.most_at_once));
  const sys::Result sent = stream_->Send(plan_.header.data() + header_bytes_, most);
  if (sent.WouldBlock()) return false;
  if (!sent) {
    shut_ = true;
    return true;
  }
  header_bytes_ += static_cast<size_t>(sent.value);
  NoteMoved();
  waits_since_ns_ = now_ns();
  machine_.Settle();
  return true;
}

bool Caller::Say() {
  if (header_bytes_ < plan_.header.size() && !shut_) return SayHeader();
  if (said_bytes_ == plan_.says_bytes || shut_) return false;
  const size_t open_bytes = plan_.answer == Answer::kEcho ? said_bytes_ - answered_bytes() : 0;
  if (open_bytes >= plan_.ahead_bytes) return false;
  const size_t most = std::min({plan_.says_bytes - said_bytes_, plan_.ahead_bytes - open_bytes,
                                1 + machine_.random.Below(plan_.most_at_once)});
  std::string data;
  for (size_t i = 0; i < most; ++i) data += Said(number_, said_bytes_ + i);
  const sys::Result sent = stream_->Send(data.data(), data.size());
  if (sent.WouldBlock()) return false;
  if (!sent) {
    shut_ = true;  // what there is to read says why
    return true;
  }
  said_bytes_ += static_cast<size_t>(sent.value);
  // While nobody reads the answer the server reads nothing either: this only fills buffers.
  if (plan_.ending != CallerPlan::Ending::kDeaf) NoteMoved();
  machine_.Settle();
  return true;
}

bool Caller::Hear() {
  if (plan_.ending == CallerPlan::Ending::kDeaf) return Overhear();
  if (now_ns() < hears_ns_) return false;
  std::vector<char> data(1 + machine_.random.Below(plan_.most_at_once));
  const sys::Result got = stream_->Receive(data.data(), data.size());
  if (got.WouldBlock()) return false;
  if (!got || got.value == 0) {
    End();
    return true;
  }
  NoteWait();
  Check(data.data(), static_cast<size_t>(got.value));
  NoteSilence();
  hears_ns_ = plan_.hears_every_ns == 0 ? 0 : now_ns() + plan_.hears_every_ns;
  machine_.Settle();
  return true;
}

// Who does not read still sees that the call is over.
bool Caller::Overhear() {
  if ((stream_->Mask() & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0) return false;
  End();
  return true;
}

void Caller::Check(const char* data, size_t size) {
  for (size_t i = 0; i < size; ++i, ++heard_bytes_) {
    if (heard_bytes_ == 0 && data[i] == kBusy[0] && data[i] != Expected(0)) turned_away_ = true;
    const char expected =
        turned_away_ ? kBusy[std::min(heard_bytes_, kBusy.size() - 1)] : Expected(heard_bytes_);
    const bool asked_for = turned_away_ || plan_.answer == Answer::kPattern ||
                           heard_bytes_ < plan_.greeting.size() + said_bytes_;
    if ((data[i] == expected && asked_for) || !complaint_.empty()) continue;
    complaint_ = "byte " + std::to_string(heard_bytes_) + " is " +
                 (asked_for ? std::to_string(data[i]) + " and not " + std::to_string(expected)
                            : "one that nobody asked for");
  }
}

char Caller::Expected(size_t place) const {
  if (place < plan_.greeting.size()) return plan_.greeting[place];
  place -= plan_.greeting.size();
  return plan_.answer == Answer::kPattern ? Pattern(place) : Said(number_, place);
}

size_t Caller::answered_bytes() const {
  const size_t greeted = std::min(heard_bytes_, plan_.greeting.size());
  return plan_.answer == Answer::kEcho ? heard_bytes_ - greeted : said_bytes_;
}

bool Caller::HasEverything() const {
  if (header_bytes_ < plan_.header.size()) return false;
  if (plan_.answer == Answer::kPattern) return heard_bytes_ >= plan_.hears_bytes;
  return said_bytes_ == plan_.says_bytes && heard_bytes_ >= plan_.greeting.size() &&
         answered_bytes() == said_bytes_;
}

bool Caller::IsOwed() const {
  if (plan_.ending == CallerPlan::Ending::kDeaf || header_bytes_ < plan_.header.size())
    return false;
  return !HasEverything() && (plan_.answer == Answer::kPattern || answered_bytes() < said_bytes_ ||
                              heard_bytes_ < plan_.greeting.size());
}

// Asked before what has come is counted.
void Caller::NoteWait() {
  if (connected_ && IsOwed()) {
    longest_wait_ns_ = std::max(longest_wait_ns_, now_ns() - waits_since_ns_);
  }
  waits_since_ns_ = now_ns();
}

void Caller::NoteMoved() {
  moved_ns_ = now_ns();
  NoteSilence();
}

// From here on it waits to be hung up on.
void Caller::NoteSilence() {
  const bool deaf = plan_.ending == CallerPlan::Ending::kDeaf;
  const bool silent = plan_.ending == CallerPlan::Ending::kStay && HasEverything();
  if (deaf || silent) leaves_ns_ = now_ns() + plan_.patience_ns;
}

bool Caller::MayEnd() {
  if (now_ns() >= leaves_ns_) {
    End();
    return true;
  }
  switch (plan_.ending) {
    case CallerPlan::Ending::kReset:
      if (said_bytes_ < plan_.says_bytes / 2) return false;
      stream_->reset_on_close = true;
      hit_ = true;
      End();
      return true;
    case CallerPlan::Ending::kHalfClose:
      if (header_bytes_ < plan_.header.size()) return false;
      if (said_bytes_ < plan_.says_bytes || shut_) return false;
      shut_ = true;
      (void)stream_->ShutdownWrite();
      machine_.Settle();
      return true;
    case CallerPlan::Ending::kClose:
      if (!HasEverything()) return false;
      End();
      return true;
    default:
      return false;
  }
}

void Caller::End() {
  NoteWait();
  done_ = true;
  ended_ns_ = now_ns();
  hit_ = hit();
  machine_.trace.Add(now_ns(), "caller", "ends", number_, static_cast<int64_t>(said_bytes_),
                     static_cast<int64_t>(heard_bytes_));
  if (!plan_.holds_the_line) machine_.Leave(std::move(stream_));
  machine_.Settle();
}

void Caller::Hurry() {
  plan_.pause_ns = 0;
  if (connected_ && now_ns() < wakes_ns_) wakes_ns_ = waits_since_ns_ = now_ns();
}

std::string Caller::Describe() const {
  return "caller " + std::to_string(number_) + " (ending " +
         std::to_string(static_cast<int>(plan_.ending)) + ", answer " +
         std::to_string(static_cast<int>(plan_.answer)) + ", port " + std::to_string(plan_.port) +
         "): said " + std::to_string(said_bytes_) + " of " + std::to_string(plan_.says_bytes) +
         ", heard " + std::to_string(heard_bytes_) + (done_ ? ", done" : "") +
         (hit() ? ", hit" : "");
}

}  // namespace switchboard::sim
