#include "tests/load/support.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

constexpr int kBacklog = 1024;

sys::Fd ListenAt(const std::string& text, sys::Address& address) {
  const sys::Address wanted = sys::Resolve(sys::ParseEndpoint(text)).front();
  sys::Fd fd(static_cast<int>(sys::StreamSocket(wanted.family()).value));
  if (!sys::Bind(fd.get(), wanted) || !sys::Listen(fd.get(), kBacklog)) {
    throw std::runtime_error("cannot listen at " + text);
  }
  address = sys::LocalAddress(fd.get());
  return fd;
}

struct Connected {
  sys::Fd fd;
  std::unique_ptr<TestCaller> caller;
};

// Reads once from each caller that has something; drops those that left.
void ServeCallers(std::vector<Connected>& callers, std::vector<pollfd>& watched, size_t first,
                  const Answer& answer) {
  char buffer[64 * 1024];
  for (size_t i = 0; i < callers.size(); ++i) {
    if (watched[first + i].revents == 0) continue;
    const sys::Result received = sys::Recv(callers[i].fd.get(), buffer, sizeof(buffer));
    if (received.WouldBlock()) continue;
    if (received.value > 0) answer(*callers[i].caller, {buffer, size_t(received.value)});
    if (received.value <= 0 || callers[i].caller->leaving()) callers[i].fd.Reset();
  }
  std::erase_if(callers, [](const Connected& each) { return !each.fd; });
}

// What is answered after a while, by when.
struct Late {
  int caller;
  std::string data;
};
using LateOnes = std::multimap<int64_t, Late>;

void AnswerLate(std::vector<Connected>& callers, LateOnes& late, const Answer& answer) {
  for (; !late.empty() && late.begin()->first <= sys::NowMs(); late.erase(late.begin())) {
    const Late& first = late.begin()->second;
    for (const Connected& each : callers) {
      if (each.caller->number == first.caller) answer(*each.caller, first.data);
    }
  }
}

Due After(std::chrono::milliseconds delay) {
  if (delay.count() == 0) return {};
  return [=](TestCaller&, int64_t now_ms) { return now_ms + delay.count(); };
}

}  // namespace

void TestCaller::Send(std::string_view data) {
  while (!data.empty()) {
    const sys::Result sent = sys::Send(fd_, data.data(), data.size());
    if (sent.WouldBlock()) {
      pollfd watched{.fd = fd_, .events = POLLOUT, .revents = 0};
      ::poll(&watched, 1, 1000);
    } else if (!sent) {
      return HangUp();
    } else {
      data.remove_prefix(sent.value);
    }
  }
}

void TestCaller::Reset() {
  (void)sys::SetResetOnClose(fd_);
  HangUp();
}

TestServer::TestServer(Answer answer, std::string greeting, const std::string& listen,
                       std::chrono::milliseconds delay)
    : answer_(std::move(answer)), greeting_(std::move(greeting)), due_(After(delay)) {
  Start(listen);
}

TestServer::TestServer(Answer answer, Due due) : answer_(std::move(answer)), due_(std::move(due)) {
  Start("127.0.0.1:0");
}

void TestServer::Start(const std::string& listen) {
  listener_ = ListenAt(listen, address_);
  thread_ = std::thread([this] { Serve(); });
}

TestServer::~TestServer() {
  done_ = true;
  wake_.Signal();
  thread_.join();
  if (address_.IsUnix()) ::unlink(address_.path().c_str());
}

void TestServer::Serve() {
  std::vector<Connected> callers;
  LateOnes late;
  const Answer hold = [&](TestCaller& caller, std::string_view data) {
    late.insert({due_(caller, sys::NowMs()), {caller.number, std::string(data)}});
  };
  while (!done_) {
    std::vector<pollfd> watched{{wake_.fd(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const Connected& each : callers) watched.push_back({each.fd.get(), POLLIN, 0});
    const int64_t wait_ms =
        late.empty() ? -1 : std::max<int64_t>(0, late.begin()->first - sys::NowMs());
    ::poll(watched.data(), watched.size(), static_cast<int>(wait_ms));
    if (refuse_) listener_.Reset();
    ServeCallers(callers, watched, 2, due_ ? hold : answer_);
    AnswerLate(callers, late, answer_);
    for (sys::Result fd; listener_ && (fd = sys::Accept(listener_.get()));) {
      const int number = callers_++;
      const int socket = static_cast<int>(fd.value);
      if (!address_.IsUnix()) (void)sys::SetNoDelay(socket, true);
      callers.push_back({sys::Fd(socket), std::make_unique<TestCaller>(number, socket)});
      callers.back().caller->Send(greeting_);
    }
  }
}

// The child has one thread and knows the listener from its parent, so that nothing can go wrong
// between the two.
ChildServer::ChildServer(size_t bytes_until_stop) {
  const sys::Fd listener = ListenAt("127.0.0.1:0", address_);
  pid_ = ::fork();
  if (pid_ != 0) return;
  std::vector<Connected> callers;
  size_t echoed = 0;
  const auto echo = [&](TestCaller& caller, std::string_view data) {
    caller.Send(data);
    const bool reached = echoed < bytes_until_stop && echoed + data.size() >= bytes_until_stop;
    echoed += data.size();
    if (reached) ::raise(SIGSTOP);
  };
  for (;;) {
    std::vector<pollfd> watched{{listener.get(), POLLIN, 0}};
    for (const Connected& each : callers) watched.push_back({each.fd.get(), POLLIN, 0});
    ::poll(watched.data(), watched.size(), -1);
    ServeCallers(callers, watched, 1, echo);
    for (sys::Result fd; (fd = sys::Accept(listener.get()));) {
      const int socket = static_cast<int>(fd.value);
      (void)sys::SetNoDelay(socket, true);
      callers.push_back({sys::Fd(socket), std::make_unique<TestCaller>(0, socket)});
    }
  }
}

ChildServer::~ChildServer() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void ChildServer::Stop() const { ::kill(pid_, SIGSTOP); }
void ChildServer::WaitUntilStopped() const {
  int status = 0;
  ::waitpid(pid_, &status, WUNTRACED);
}
void ChildServer::Continue() const { ::kill(pid_, SIGCONT); }

bool Mentions(const Report& report, std::string_view words) {
  return std::any_of(report.reasons.begin(), report.reasons.end(), [&](const std::string& reason) {
    return reason.find(words) != std::string::npos;
  });
}

Report GoodReport() {
  Report report;
  report.options.target = "127.0.0.1:8000";
  report.seconds = 1;
  report.messages = 1000;
  report.bytes = 64'000;
  for (int i = 0; i < 1000; ++i) report.latency.Record(1'000'000);
  report.naive_latency = report.punctual_latency = report.latency;
  report.connect.Record(50'000);
  report.verification.verified_bytes = 64'000;
  report.timeline.resize(1);
  report.timeline[0].messages = 1000;
  report.timeline[0].latency.Record(1'000'000);
  report.generator.busy_share = 0.5;
  report.generator.connections_open = 1;
  report.generator.mean_in_flight = 1;
  report.generator.mean_in_flight_by_law = 1;
  return report;
}

Options ShortRun(const std::string& target) {
  Options options;
  options.target = target;
  options.duration_s = 0.3;
  options.warmup_s = 0;
  options.greeting = Greeting::kNone;
  options.quiet = true;
  options.seed = 42;
  return options;
}

Options CountedRun(const std::string& target, uint64_t messages) {
  Options options = ShortRun(target);
  options.duration_s = 60;
  options.messages = messages;
  return options;
}

}  // namespace switchboard::load
