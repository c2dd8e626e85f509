#include "src/daemon/check.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "src/linux/address.h"
#include "src/linux/clock.h"
#include "src/linux/fd.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

constexpr int64_t kPatienceMs = 2000;
constexpr size_t kSaidBytes = 8;

// No name is looked up, and a bare port is one of this machine.
sys::Address NumericOf(const std::string& text) {
  const sys::Endpoint endpoint = sys::ParseEndpoint(text);
  if (!endpoint.unix_path.empty()) return sys::Address::Unix(endpoint.unix_path);
  const std::string host = endpoint.host.empty() ? "127.0.0.1" : endpoint.host;
  const std::optional<sys::Address> address = sys::NumericAddress(host);
  if (!address || endpoint.port == 0) {
    throw std::invalid_argument("--check '" + text +
                                "' needs a numeric address and a port, as in 127.0.0.1:8000, or "
                                "unix:/path");
  }
  return address->WithPort(endpoint.port);
}

// What no greeting holds, in letters that a trace shows as they are.
std::string Unlikely() {
  auto mixed = static_cast<uint64_t>(sys::NowNs()) * 0x9E3779B97F4A7C15;
  std::string letters;
  for (size_t i = 0; i < kSaidBytes; ++i, mixed >>= 5) {
    letters += static_cast<char>('A' + (mixed >> 32) % 26);
  }
  return letters;
}

class Call {
 public:
  explicit Call(const std::string& text) : text_(text), due_ms_(sys::NowMs() + kPatienceMs) {
    const sys::Address address = NumericOf(text);
    fd_.Reset(static_cast<int>(OrFail(sys::StreamSocket(address.family()))));
    const sys::Result connected = sys::Connect(fd_.get(), address);
    if (connected.error != EINPROGRESS && connected.error != EAGAIN) (void)OrFail(connected);
    Await(POLLOUT);
    (void)OrFail({0, static_cast<int>(OrFail(sys::PendingError(fd_.get())))});
  }

  void Say(std::string_view text) {
    // A new connection has room for it.
    if (OrFail(sys::Send(fd_.get(), text.data(), text.size())) < static_cast<long>(text.size())) {
      Fail("it takes nothing");
    }
  }

  void AwaitEcho(std::string_view said) {
    std::string heard;
    while (heard.find(said) == std::string::npos) {
      // Of what was no echo, only its end may be the beginning of one.
      heard.erase(0, heard.size() - std::min(heard.size(), said.size() - 1));
      Await(POLLIN);
      char some[1024];
      const long got = OrFail(sys::Recv(fd_.get(), some, sizeof(some)));
      if (got == 0) Fail("it has hung up");
      heard.append(some, static_cast<size_t>(got));
    }
  }

 private:
  [[noreturn]] void Fail(const std::string& why) {
    throw std::runtime_error(text_ + " does not echo: " + why);
  }

  long OrFail(sys::Result result) {
    if (!result) Fail(std::strerror(result.error));
    return result.value;
  }

  void Await(short events) {
    for (;;) {
      const int64_t left_ms = due_ms_ - sys::NowMs();
      if (left_ms <= 0) Fail("no answer in 2 seconds");
      if (OrFail(sys::Poll(fd_.get(), events, static_cast<int>(left_ms))) != 0) return;
    }
  }

  const std::string text_;
  const int64_t due_ms_;
  sys::Fd fd_;
};

}  // namespace

void CheckEcho(const std::string& address) {
  Call call(address);
  const std::string said = Unlikely();
  call.Say(said);
  call.AwaitEcho(said);
}

}  // namespace switchboard
