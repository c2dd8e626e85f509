// What server.h promises to the program around it.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/embedding/running.h"
#include "tests/support/client.h"
#include "tests/support/refusal.h"

namespace switchboard::test {
namespace {

// What becomes of a process of its own that does `work`: its exit status, or 128 + N if signal N
// ended it.
int StatusOf(const std::function<int()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::signal(SIGABRT, SIG_DFL);  // the test framework catches it
    ::alarm(60);
    ::_exit(work());
  }
  REQUIRE(pid > 0);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

enum class Where { kNowhere, kOnOpen, kOnRead, kOnContinue, kOnClose };

// Throws where it is told to.
class Clumsy : public Service {
 public:
  explicit Clumsy(Where where) : where_(where) {}
  Traits traits() const override { return {.speaks_first = true}; }
  Next OnOpen(Call&) override { return Turn(Where::kOnOpen, Next::kRead); }
  Next OnRead(Call&) override { return Turn(Where::kOnRead, Next::kContinue); }
  Next OnContinue(Call&) override { return Turn(Where::kOnContinue, Next::kHangUp); }
  void OnClose(uint64_t) override { Turn(Where::kOnClose, Next::kHangUp); }

 private:
  Next Turn(Where here, Next next) const {
    if (here == where_) throw std::runtime_error("clumsy");
    return next;
  }

  const Where where_;
};

// Serves one caller from the first word to the last. A program might catch what Run throws.
int ServeClumsily(Where where) {
  Server server(Quiet({{"127.0.0.1:0", "clumsy"}}), {{"clumsy", std::make_shared<Clumsy>(where)}});
  std::thread caller([&server] {
    Client client(server.Addresses().front());
    (void)client.Send("!");
    (void)client.ReceiveUntilEof();
    client.Close();
    (void)WaitFor([&] { return server.GetStats().closed() == 1; });
    server.Stop();
  });
  try {
    server.Run();
  } catch (...) {
    ::_exit(1);
  }
  caller.join();
  return 0;
}

TEST_CASE("AnExceptionOfAServiceEndsTheProgram") {
  CHECK(StatusOf([] { return ServeClumsily(Where::kNowhere); }) == 0);
  for (const Where where : {Where::kOnOpen, Where::kOnRead, Where::kOnContinue, Where::kOnClose}) {
    CAPTURE(static_cast<int>(where));
    CHECK(StatusOf([where] { return ServeClumsily(where); }) == 128 + SIGABRT);
  }
}

// Counts the calls of which it hears.
class Counting : public Service {
 public:
  explicit Counting(bool speaks_first) : speaks_first_(speaks_first) {}
  Traits traits() const override { return {.speaks_first = speaks_first_}; }
  Next OnOpen(Call&) override {
    ++opened;
    return Next::kRead;
  }
  Next OnRead(Call&) override { return Next::kRead; }
  void OnClose(uint64_t) override { ++closed; }

  std::atomic<int> opened{0}, closed{0};

 private:
  const bool speaks_first_;
};

// Of three callers whom the kernel refuses to watch, the service hears nothing.
int ServeUnwatched(bool speaks_first) {
  constexpr int kCallers = 3, kNotRefused = 100;
  const auto service = std::make_shared<Counting>(speaks_first);
  Server server(Quiet({{"127.0.0.1:0", "counting"}}), {{"counting", service}});
  std::thread callers([&server] {
    for (int i = 0; i < kCallers; ++i) (void)Client(server.Addresses().front()).ReceiveUntilEof();
    (void)WaitFor([&] { return server.GetStats().closed() == kCallers; });
    server.Stop();
  });
  // From here on, and on this thread alone, which is the reactor's.
  const Refusal refusal{
      .call = SYS_epoll_ctl, .error = ENOSPC, .argument = 1, .value = EPOLL_CTL_ADD};
  if (!Refuse(refusal)) ::_exit(kNotRefused);
  server.Run();
  callers.join();
  const bool refused = server.GetStats().closed(CloseReason::kError) == kCallers;
  return refused ? service->opened * 10 + service->closed : kNotRefused;
}

TEST_CASE("AServiceHearsOfNoCallThatCouldNotBegin") {
  for (const bool speaks_first : {true, false}) {
    CAPTURE(speaks_first);
    CHECK(StatusOf([=] { return ServeUnwatched(speaks_first); }) == 0);
  }
}

// Waits until it is released.
class Patient : public Service {
 public:
  Next OnRead(Call&) override {
    waiting = true;
    while (!released) std::this_thread::sleep_for(milliseconds(1));
    return Next::kRead;
  }

  std::atomic<bool> waiting{false}, released{false};
};

TEST_CASE("RunWaitsForATurnOfAServiceHoweverShortTheDrain") {
  const auto patient = std::make_shared<Patient>();
  Options options = Quiet({{"127.0.0.1:0", "patient"}, {"127.0.0.1:0"}});
  options.drain_timeout_ms = 50;
  Server server(options, {{"patient", patient}});
  std::atomic<bool> returned{false};
  std::thread reactor([&] {
    server.Run();
    returned = true;
  });
  Client caller(server.Addresses()[0]), bystander(server.Addresses()[1]);
  REQUIRE(bystander.Echo("hello") == "hello");
  REQUIRE(caller.Send("?") == 1);
  REQUIRE(WaitFor([&] { return patient->waiting.load(); }));
  server.Stop();
  // The others are not kept.
  CHECK(bystander.ReceiveUntilEof() == "");
  std::this_thread::sleep_for(milliseconds(300));
  CHECK_FALSE(returned);
  patient->released = true;
  CHECK(WaitFor([&] { return returned.load(); }));
  reactor.join();
  CHECK(server.GetStats().active == 0);
}

TEST_CASE("RaisesTheLimitOfDescriptorsToTheHardOneAndNoFurther") {
  const auto raised_to = [](rlim_t soft, rlim_t hard) {
    return StatusOf([=] {
      const rlimit before{.rlim_cur = soft, .rlim_max = hard};
      if (::setrlimit(RLIMIT_NOFILE, &before) != 0) return 1;
      const Server server(Quiet({{"127.0.0.1:0"}}));
      rlimit after{};
      if (::getrlimit(RLIMIT_NOFILE, &after) != 0) return 2;
      return static_cast<int>(after.rlim_cur);
    });
  };
  CHECK(raised_to(100, 200) == 200);
  CHECK(raised_to(100, 100) == 100);
}

}  // namespace
}  // namespace switchboard::test
