#include "tests/support/client.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <vector>

#include "src/linux/address.h"
#include "src/linux/socket.h"

namespace switchboard::test {
namespace {

// Whoever reads the report of a failed connection wants to know which errno it was.
sys::Result StartConnecting(const std::string& address, int receive_buffer,
                            const std::string& source, sys::Fd& fd) {
  const sys::Address target = sys::Resolve(sys::ParseEndpoint(address)).front();
  const sys::Result socket = sys::StreamSocket(target.family());
  if (!socket) return socket;
  fd.Reset(static_cast<int>(socket.value));
  if (receive_buffer > 0) {
    (void)sys::SetOption(fd.get(), SOL_SOCKET, SO_RCVBUF, receive_buffer);
  }
  if (!source.empty()) {
    // The port is chosen on connecting, when the kernel knows that only the pair must be free.
    (void)sys::SetOption(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const sys::Result bound = sys::Bind(fd.get(), sys::Resolve(sys::ParseEndpoint(source)).front());
    if (!bound) return bound;
  }
  const sys::Result connected = sys::Connect(fd.get(), target);
  return connected.error == EINPROGRESS ? sys::Result{} : connected;
}

}  // namespace

Client::Client(const std::string& address, int receive_buffer, const std::string& source) {
  sys::Result result;
  // A unix socket answers EAGAIN while the backlog is full, where TCP would wait.
  WaitFor([&] {
    return !(result = StartConnecting(address, receive_buffer, source, fd_)).WouldBlock();
  });
  INFO("calling " << address);
  REQUIRE_EQ(result.error, 0);
}

bool Client::Poll(short events, const Deadline& deadline) const {
  pollfd watched{.fd = fd_.get(), .events = events, .revents = 0};
  for (;;) {
    const int ready = ::poll(&watched, 1, deadline.LeftMs());
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

bool Client::WaitConnected(milliseconds patience) {
  const Deadline deadline(patience);
  return Poll(POLLOUT, deadline) && sys::PendingError(fd_.get()).value == 0;
}

size_t Client::SendSome(std::string_view data) {
  size_t sent = 0;
  while (sent < data.size()) {
    const sys::Result result = sys::Send(fd_.get(), data.data() + sent, data.size() - sent);
    if (!result) {
      if (!result.WouldBlock()) end_ = End::kReset;
      break;
    }
    sent += static_cast<size_t>(result.value);
  }
  return sent;
}

size_t Client::Send(std::string_view data, milliseconds patience) {
  const Deadline deadline(patience);
  size_t sent = 0;
  while (sent < data.size() && end_ != End::kReset && Poll(POLLOUT, deadline)) {
    sent += SendSome(data.substr(sent));
  }
  return sent;
}

bool Client::SendUrgent(char byte) { return bool(sys::SendUrgent(fd_.get(), &byte, 1)); }

// Appends what can be read now, up to `limit` bytes in all; false once the connection is over.
bool Client::ReceiveInto(std::string& data, size_t limit) {
  char block[65536];
  while (data.size() < limit) {
    const size_t room = std::min(sizeof(block), limit - data.size());
    const sys::Result got = sys::Recv(fd_.get(), block, room);
    if (!got && got.WouldBlock()) return true;
    if (!got || got.value == 0) {
      end_ = got ? End::kEof : End::kReset;
      return false;
    }
    data.append(block, static_cast<size_t>(got.value));
  }
  return true;
}

std::string Client::Receive(size_t size, milliseconds patience) {
  const Deadline deadline(patience);
  std::string data;
  while (data.size() < size && Poll(POLLIN, deadline) && ReceiveInto(data, size)) {
  }
  return data;
}

std::string Client::ReceiveUntilEof(milliseconds patience) {
  const Deadline deadline(patience);
  std::string data;
  while (Poll(POLLIN, deadline) && ReceiveInto(data, std::string::npos)) {
  }
  return data;
}

std::string Client::ReceiveSome() {
  std::string data;
  ReceiveInto(data, 1 << 20);
  return data;
}

std::string Client::Echo(std::string_view data, size_t largest_piece) {
  if (largest_piece > 0) (void)sys::SetNoDelay(fd_.get(), true);
  return Exchange(data, largest_piece, false);
}

std::string Client::EchoAndHalfClose(std::string_view data) { return Exchange(data, 0, true); }

std::string Client::Exchange(std::string_view data, size_t largest_piece, bool half_close) {
  std::minstd_rand random(static_cast<unsigned>(data.size()));
  const Deadline deadline;
  const size_t wanted = half_close ? std::string::npos : data.size();
  std::string received;
  size_t sent = 0;
  while (received.size() < wanted) {
    const short events = sent < data.size() ? POLLIN | POLLOUT : POLLIN;
    if (!Poll(events, deadline)) break;
    const size_t piece = largest_piece > 0 ? 1 + random() % largest_piece : data.size();
    if (sent < data.size()) {
      sent += SendSome(data.substr(sent, piece));
      if (sent == data.size() && half_close) ShutdownWrite();
    }
    if (!ReceiveInto(received, wanted)) break;
  }
  return received;
}

void Client::ShutdownWrite() { (void)sys::ShutdownWrite(fd_.get()); }

void Client::Reset() {
  (void)sys::SetResetOnClose(fd_.get());
  Close();
}

std::string RandomBytes(size_t size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint64_t> words(size / sizeof(uint64_t) + 1);
  for (uint64_t& word : words) word = random();
  return std::string(reinterpret_cast<const char*>(words.data()), size);
}

std::string Difference(std::string_view expected, std::string_view got) {
  if (expected == got) return "";
  const size_t common = std::min(expected.size(), got.size());
  const size_t at = std::mismatch(expected.begin(), expected.begin() + common, got.begin()).first -
                    expected.begin();
  return "expected " + std::to_string(expected.size()) + " bytes, got " +
         std::to_string(got.size()) + "; the first difference is at byte " + std::to_string(at);
}

bool IsRefused(const std::string& address) {
  sys::Fd fd;
  const sys::Result result = StartConnecting(address, 0, "", fd);
  if (!result) return result.error == ECONNREFUSED || result.error == ENOENT;
  pollfd watched{.fd = fd.get(), .events = POLLOUT, .revents = 0};
  return ::poll(&watched, 1, 5000) == 1 && sys::PendingError(fd.get()).value == ECONNREFUSED;
}

}  // namespace switchboard::test
