#include "bench/load/conform/caller.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "bench/load/base/units.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

constexpr size_t kReadBytes = 64 * 1024;
constexpr uint64_t kSourceAddresses = 100;

sys::Address SourceOf(uint64_t number) {
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr =
      htonl(INADDR_LOOPBACK + static_cast<uint32_t>(number % kSourceAddresses));
  return {reinterpret_cast<const sockaddr*>(&source), sizeof(source)};
}

bool IsLoopback4(const sys::Address& address) {
  return address.family() == AF_INET && address.IsLoopback();
}

size_t FirstDifference(std::string_view one, std::string_view other) {
  const size_t size = std::min(one.size(), other.size());
  return static_cast<size_t>(
      std::mismatch(one.begin(), one.begin() + static_cast<long>(size), other.begin()).first -
      one.begin());
}

// What is missing on this side is not the server's fault.
[[noreturn]] void ThrowOwnLimit(const char* what, int error) {
  throw Skipped(std::string(what) + " to be had here: " + std::strerror(error));
}

std::string Hex(char byte) {
  char text[8];
  std::snprintf(text, sizeof(text), "0x%02x", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace

Caller::Caller(Subject& subject, Deadline deadline, int receive_buffer_bytes)
    : deadline_(deadline), expected_(subject.greeting), greeting_size_(subject.greeting.size()) {
  const uint64_t number = subject.callers++;
  pattern_ = Pattern(subject.seed, number);
  const sys::Result made = sys::StreamSocket(subject.address.family());
  if (!made) ThrowOwnLimit("no socket", made.error);
  socket_.Reset(static_cast<int>(made.value));
  (void)sys::SetNoDelay(fd(), true);  // a unix socket knows no delay
  if (receive_buffer_bytes > 0) {
    (void)sys::SetOption(fd(), SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes);
  }
  if (IsLoopback4(subject.address)) {
    (void)sys::SetOption(fd(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    (void)sys::Bind(fd(), SourceOf(number));  // without it the kernel takes 127.0.0.1
  }
  const sys::Result connected = sys::Connect(fd(), subject.address);
  if (connected.error == EADDRNOTAVAIL) ThrowOwnLimit("no port", connected.error);
  if (!connected && connected.error != EINPROGRESS) {
    throw Failed(std::string("cannot connect: ") + std::strerror(connected.error));
  }
}

void Caller::AwaitConnection() {
  if (connected_) return;
  if (!Wait(POLLOUT)) {
    throw Failed("no connection within " + std::to_string(deadline_.length_ms()) + " ms");
  }
  const sys::Result pending = sys::PendingError(fd());
  const int error = pending ? static_cast<int>(pending.value) : pending.error;
  if (error != 0) throw Failed(std::string("cannot connect: ") + std::strerror(error));
  connected_ = true;
}

std::string Caller::Take(size_t size) {
  std::vector<uint64_t> words(size / Pattern::kWord + 2);
  const char* bytes = pattern_.Generate(taken_, size, reinterpret_cast<char*>(words.data()));
  taken_ += size;
  return {bytes, size};
}

void Caller::Send(std::string_view bytes) {
  expected_ += bytes;
  while (!bytes.empty()) {
    bytes.remove_prefix(SendSome(bytes));
    if (bytes.empty()) return;
    while (ReadSome()) {
    }
    if (!Wait(POLLIN | POLLOUT)) ThrowLate();
  }
}

void Caller::CatchUp() {
  if (!CatchUpBefore(deadline_)) ThrowLate();
}

void Caller::Echo(std::string_view bytes) {
  Send(bytes);
  CatchUp();
}

bool Caller::CatchUpBefore(Deadline deadline) {
  const Deadline own = std::exchange(deadline_, deadline);
  AwaitConnection();
  bool in_time = true;
  while (matched_ < expected_.size() && in_time) in_time = ReadSome() || Wait(POLLIN);
  deadline_ = own;
  return in_time;
}

void Caller::EndStream() { (void)sys::ShutdownWrite(fd()); }

void Caller::ExpectEnd() {
  CatchUp();
  char extra;
  for (;;) {
    const sys::Result got = sys::Recv(fd(), &extra, 1);
    if (got && got.value == 0) return;
    if (got) throw Failed("more came back than the " + GroupedText(received_) + " bytes expected");
    if (!got.WouldBlock()) ThrowBroken(got.error);
    if (!Wait(POLLIN)) {
      throw Failed("all " + GroupedText(received_) +
                   " bytes came back, but the server did not hang up in turn");
    }
  }
}

void Caller::SendUrgentUnchecked(char byte) {
  const sys::Result sent = sys::SendUrgent(fd(), &byte, 1);
  if (sent.error == EOPNOTSUPP) throw Skipped("this kind of socket has no urgent data");
  if (!sent) ThrowBroken(sent.error);
}

void Caller::SendUnchecked(std::string_view bytes) {
  while (!bytes.empty()) {
    bytes.remove_prefix(SendSome(bytes));
    if (!bytes.empty() && !Wait(POLLOUT)) ThrowLate();
  }
}

std::string Caller::Receive(size_t size, Deadline deadline) {
  const Deadline own = std::exchange(deadline_, deadline);
  AwaitConnection();
  std::string received(size, '\0');
  size_t filled = 0;
  while (filled < size) {
    const sys::Result got = sys::Recv(fd(), received.data() + filled, size - filled);
    if (got && got.value > 0) {
      filled += static_cast<size_t>(got.value);
    } else if (!got.WouldBlock() || !Wait(POLLIN)) {
      break;
    }
  }
  deadline_ = own;
  received.resize(filled);
  return received;
}

size_t Caller::SendWithoutReading(std::string_view bytes, int stall_ms) {
  AwaitConnection();
  size_t sent = 0;
  while (sent < bytes.size()) {
    const size_t now = SendSome(bytes.substr(sent));
    sent += now;
    if (now > 0) continue;
    const sys::Result ready = sys::Poll(fd(), POLLOUT, std::min(stall_ms, deadline_.RemainingMs()));
    if (!ready || ready.value == 0) break;
  }
  return sent;
}

void Caller::AwaitInput() {
  AwaitConnection();
  if (!Wait(POLLIN)) ThrowLate();
}

void Caller::ResetConnection() {
  (void)sys::SetResetOnClose(fd());
  socket_.Reset();
}

bool Caller::Wait(short events) {
  while (!deadline_.Passed()) {
    const sys::Result ready = sys::Poll(fd(), events, deadline_.RemainingMs());
    if (!ready) ThrowBroken(ready.error);
    if (ready.value != 0) return true;
  }
  return false;
}

size_t Caller::SendSome(std::string_view bytes) {
  AwaitConnection();
  const sys::Result sent = sys::Send(fd(), bytes.data(), bytes.size());
  if (sent) return static_cast<size_t>(sent.value);
  if (!sent.WouldBlock()) ThrowBroken(sent.error);
  return 0;
}

bool Caller::ReadSome() {
  char buffer[kReadBytes];
  const sys::Result got = sys::Recv(fd(), buffer, sizeof(buffer));
  if (got.WouldBlock()) return false;
  if (!got) ThrowBroken(got.error);
  if (got.value == 0) throw HungUp("the server hung up after " + Progress());
  Compare({buffer, static_cast<size_t>(got.value)});
  return true;
}

void Caller::Compare(std::string_view got) {
  const std::string_view due = std::string_view(expected_).substr(matched_);
  const size_t same = FirstDifference(got, due);
  received_ += same;
  matched_ += same;
  if (same == due.size() && same < got.size()) {
    throw Failed("more came back than the " + GroupedText(received_) + " bytes sent so far");
  }
  if (same < got.size()) {
    const bool in_greeting = received_ < greeting_size_;
    const uint64_t position = in_greeting ? received_ : received_ - greeting_size_;
    throw Failed("byte " + GroupedText(position) + (in_greeting ? " of the greeting" : "") +
                 " came back as " + Hex(got[same]) + " instead of " + Hex(due[same]));
  }
  if (matched_ == expected_.size() || matched_ > 1'000'000) {
    expected_.erase(0, matched_);
    matched_ = 0;
  }
}

std::string Caller::Progress() const {
  return GroupedText(received_) + " of " + GroupedText(received_ + expected_.size() - matched_) +
         " bytes";
}

void Caller::ThrowBroken(int error) const {
  throw HungUp(std::string(std::strerror(error)) + " after " + Progress());
}

void Caller::ThrowLate() const {
  throw Failed("only " + Progress() + " came back within " + std::to_string(deadline_.length_ms()) +
               " ms");
}

}  // namespace switchboard::load
