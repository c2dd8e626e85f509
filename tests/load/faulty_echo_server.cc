// `faulty_echo_server FAULT PORT`: an echo server, right in everything but one fault, for the tests
// of the conformance card. A thread for each call keeps every fault a line or two. No fault depends
// on how fast it or its caller is, or on how many bytes a read happens to bring.

#include <poll.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "bench/linux/child.h"
#include "bench/linux/socket.h"
#include "src/linux/address.h"
#include "src/linux/fd.h"
#include "src/linux/socket.h"

namespace {

namespace sys = switchboard::sys;

constexpr size_t kBusyBytes = 256 * 1024;  // a call that has said so much

std::string_view fault;
bool forks = false;  // a process for each call instead of a thread: forks-and-FAULT
std::mutex one_at_a_time;
std::atomic<int> calls_open = 0;

bool Has(std::string_view name) { return fault == name; }

void SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const sys::Result sent = sys::Send(fd, bytes.data(), bytes.size());
    if (!sent && Has("dies-on-reset")) std::_Exit(1);
    if (!sent) return;  // the next recv sees it, too
    bytes.remove_prefix(static_cast<size_t>(sent.value));
  }
}

// What one call has seen so far.
struct Call {
  sys::Fd socket;
  size_t echoed_bytes = 0;
  std::string held_back = {};
};

// Of blocks of more than 1,000 bytes, however many reads they take.
std::string SwappedHalves(Call& call, std::string got) {
  const std::string block = call.held_back + got;
  const bool whole = block.size() > 1000;
  call.held_back = whole ? "" : block;
  return whole ? block.substr(block.size() / 2) + block.substr(0, block.size() / 2) : "";
}

// The reply to `got`, which is right unless the fault says otherwise.
std::string Reply(Call& call, std::string got) {
  if (Has("corrupts")) got.back() = static_cast<char>(got.back() ^ 1);
  if (Has("strips-carriage-returns")) std::erase(got, '\r');
  if (Has("swaps")) got = SwappedHalves(call, std::move(got));
  if (Has("stops-after-500000-bytes") && call.echoed_bytes > 500'000) got.clear();
  if (Has("echoes-byte-2000-twice") && call.echoed_bytes <= 2000 &&
      2000 < call.echoed_bytes + got.size()) {
    const size_t place = 2000 - call.echoed_bytes;
    got.insert(place, 1, got[place]);
  }
  if (Has("drops-what-comes-before-the-end")) std::swap(got, call.held_back);
  for (int i = 0; i < 16 && Has("hoards-memory"); ++i) call.held_back += got;
  if (Has("waits-for-full-blocks")) {
    call.held_back += got;
    got = call.held_back.substr(0, call.held_back.size() / 1024 * 1024);
    call.held_back.erase(0, got.size());
  }
  call.echoed_bytes += got.size();
  return got;
}

void DropWhatDoesNotFit(int fd, std::string_view bytes) {
  if (sys::Poll(fd, POLLOUT, 0).value == POLLOUT) SendAll(fd, bytes);
}

// False when the call is over.
bool EchoOnce(Call& call) {
  static thread_local std::array<char, 16 * 1024> buffer;
  const int fd = call.socket.get();
  (void)sys::Poll(fd, POLLIN, -1);  // a call that is idle holds nobody up
  std::unique_lock lock(one_at_a_time, std::defer_lock);
  if (Has("starves") || Has("sends-one-at-a-time")) lock.lock();
  do {
    const sys::Result got = sys::Recv(fd, buffer.data(), buffer.size());
    if (!got && Has("dies-on-reset")) std::_Exit(1);
    if ((!got || got.value == 0) && Has("leaks")) (void)call.socket.Release();
    if (!got || got.value == 0) return false;
    if (Has("silent")) return true;
    const std::string reply = Reply(call, {buffer.data(), static_cast<size_t>(got.value)});
    Has("drops-what-does-not-fit") ? DropWhatDoesNotFit(fd, reply) : SendAll(fd, reply);
  } while (Has("starves") && call.echoed_bytes > kBusyBytes);
  return true;
}

void Serve(Call call) {
  if (!Has("loses-urgent")) (void)sys::SetUrgentInline(call.socket.get());
  (void)sys::SetBlocking(call.socket.get());
  (void)sys::SetNoDelay(call.socket.get(), true);
  if (Has("greets")) SendAll(call.socket.get(), "hello\n");
  while (EchoOnce(call)) {
  }
  if (Has("never-hangs-up")) (void)call.socket.Release();
  --calls_open;
}

[[noreturn]] void AnswerForEver(int listener) {
  bool deaf = false;
  for (;;) {
    sys::Result accepted = sys::Accept(listener);
    if (accepted.error == EMFILE && Has("dies-without-descriptors")) std::_Exit(1);
    if (accepted.error == EMFILE && Has("deaf-after-descriptors-ran-out")) deaf = true;
    if (accepted.error == EMFILE && Has("spins-without-descriptors")) continue;
    if (!accepted) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (accepted && deaf) sys::Close(static_cast<int>(accepted.value));
    if (!accepted || deaf) continue;
    Call call{sys::Fd(static_cast<int>(accepted.value))};
    if (Has("refuses-the-501st") && calls_open >= 500) continue;
    ++calls_open;
    if (forks) {
      if (sys::Fork().value != 0) continue;
      Serve(std::move(call));
      std::_Exit(0);
    } else if (Has("iterative")) {
      Serve(std::move(call));
    } else {
      std::thread(Serve, std::move(call)).detach();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  constexpr std::string_view kForks = "forks-and-";
  fault = argv[1];
  forks = fault.starts_with(kForks);
  if (forks) fault.remove_prefix(kForks.size());
  if (forks) sys::LeaveChildrenToKernel();
  const sys::Address address =
      sys::Resolve(sys::ParseEndpoint("127.0.0.1:" + std::string(argv[2]))).front();
  const sys::Fd listener(static_cast<int>(sys::StreamSocket(address.family()).value));
  (void)sys::SetReuseAddress(listener.get());
  if (!sys::Bind(listener.get(), address) || !sys::Listen(listener.get(), 4096)) return 1;
  if (!sys::SetBlocking(listener.get())) return 1;
  AnswerForEver(listener.get());
}
