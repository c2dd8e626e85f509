// The public API: a server inside another program, with services of its own.

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "tests/embedding/running.h"
#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/proc.h"

namespace switchboard::test {
namespace {

class Shout : public Service {
 public:
  Next OnRead(Call& call) override {
    for (char& c : call.data()) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return Next::kRead;
  }
};

TEST_CASE("ServesAServiceOfOnesOwn") {
  Running running(Quiet({{"127.0.0.1:0", "shout"}, {"127.0.0.1:0", "echo"}}),
                  {{"shout", std::make_shared<Shout>()}});
  Client shout(running.Address(0));
  Client echo(running.Address(1));
  CHECK(shout.Echo("louder!") == "LOUDER!");
  CHECK(echo.Echo("as it was") == "as it was");
  running.Stop();
  const Stats stats = running.server.GetStats();
  CHECK(stats.accepted == 2);
  CHECK(stats.closed() == 2);
  CHECK(stats.active == 0);
  CHECK(stats.bytes_in == 16);
  CHECK(stats.bytes_out == 16);
}

// Counts what a caller says in its own word, and answers with it; after three, hangs up.
class CountToThree : public Service {
 public:
  Next OnRead(Call& call) override {
    call.buffer()[0] = static_cast<char>('0' + ++call.state());
    call.SetReplySize(1);
    return call.state() == 3 ? Next::kHangUp : Next::kRead;
  }
};

TEST_CASE("KeepsAWordForEachCaller") {
  Running running(Quiet({{"127.0.0.1:0", "count"}}), {{"count", std::make_shared<CountToThree>()}});
  Client one(running.Address());
  Client other(running.Address());
  CHECK(one.Echo("a") == "1");
  CHECK(one.Echo("b") == "2");
  CHECK(other.Echo("a") == "1");
  CHECK(one.Send("c") == 1);
  CHECK(one.ReceiveUntilEof() == "3");
  CHECK(one.end() == End::kEof);
  CHECK(other.Echo("b") == "2");
}

// Says five lines on its own before it listens.
class Announce : public Service {
 public:
  Traits traits() const override { return {.speaks_first = true}; }
  Next OnOpen(Call& call) override { return Say(call); }
  Next OnContinue(Call& call) override { return Say(call); }
  Next OnRead(Call&) override { return Next::kRead; }

 private:
  static Next Say(Call& call) {
    call.buffer()[0] = static_cast<char>('0' + ++call.state());
    call.SetReplySize(1);
    return call.state() < 5 ? Next::kContinue : Next::kHangUp;
  }
};

TEST_CASE("ContinuesUntilTheServiceIsDone") {
  Running running(Quiet({{"127.0.0.1:0", "announce"}}),
                  {{"announce", std::make_shared<Announce>()}});
  for (int i = 0; i < 100; ++i) {
    Client caller(running.Address());
    REQUIRE(caller.ReceiveUntilEof() == "12345");
  }
}

// Computes for 5 ms each time, and knows whether two workers did at once.
class Compute : public Service {
 public:
  Traits traits() const override { return {.may_block = false}; }
  Next OnRead(Call&) override {
    if (++inside_ > 1) two_inside = true;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
    while (std::chrono::steady_clock::now() < until) {
    }
    --inside_;
    return Next::kRead;
  }

  std::atomic<bool> two_inside{false};

 private:
  std::atomic<int> inside_{0};
};

void CheckTwoWorkersWorkAtOnce(Options options) {
  const auto compute = std::make_shared<Compute>();
  Running running(options, {{"compute", compute}});
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 16; ++i) callers.push_back(std::make_unique<Client>(running.Address()));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!compute->two_inside && std::chrono::steady_clock::now() < deadline) {
    for (const auto& caller : callers) CHECK(caller->Send("work") == 4);
    for (const auto& caller : callers) CHECK(caller->Receive(4) == "work");
  }
  CHECK(compute->two_inside);
}

TEST_CASE("AllWorkersOfAPoolWorkWhenThereIsWork") {
  Options options = Quiet({{"127.0.0.1:0", "compute"}});
  SUBCASE("common") { options.workers = 2; }
  SUBCASE("of its own") {
    options.workers = 1;
    options.service_workers = {{"compute", 2}};
  }
  SUBCASE("of its own, beside the common one") {
    options.workers = 1;
    options.service_workers = {{"compute", 2}};
    options.listen.push_back({"127.0.0.1:0", "echo"});
  }
  CheckTwoWorkersWorkAtOnce(options);
}

TEST_CASE("APoolThatNoAddressIsRoutedToIsNotStarted") {
  const int64_t before = ThreadCount(::getpid());
  Options options = Quiet({{"127.0.0.1:0", "shout"}});
  options.workers = 7;
  options.service_workers = {{"shout", 1}};
  const Server server(options, {{"shout", std::make_shared<Shout>()}});
  CHECK(ThreadCount(::getpid()) < before + 7);
}

// Does not answer before it is told to.
class Wait : public Service {
 public:
  Next OnRead(Call&) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    // The deadline is for a test that fails before it comes to release.
    changed_.wait_for(lock, kPatience, [this] { return released_; });
    return Next::kRead;
  }
  void AwaitCallers(int count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return waiting_ >= count; }));
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool released_ = false;
};

TEST_CASE("AServiceThatWaitsInItsOwnPoolHoldsUpNobodyElse") {
  const auto wait = std::make_shared<Wait>();
  Options options = Quiet({{"127.0.0.1:0", "wait"}, {"127.0.0.1:0", "echo"}});
  options.workers = 1;
  options.service_workers["wait"] = 2;
  Running running(options, {{"wait", wait}});
  Client first(running.Address(0));
  Client second(running.Address(0));
  Client third(running.Address(0));
  for (Client* caller : {&first, &second, &third}) REQUIRE(caller->Send("?") == 1);
  wait->AwaitCallers(2);
  Client echo(running.Address(1));
  for (int i = 0; i < 100; ++i) REQUIRE(echo.Echo("meanwhile") == "meanwhile");
  CHECK(first.ReceiveSome() == "");
  wait->Release();
  for (Client* caller : {&first, &second, &third}) CHECK(caller->Receive(1) == "?");
}

// Two workers for one pool: both calls are served at the same time, or neither would end.
TEST_CASE("AServiceThatWaitsHasAllTheWorkersOfItsPool") {
  const auto wait = std::make_shared<Wait>();
  Options options = Quiet({{"127.0.0.1:0", "wait"}});
  options.workers = 8;
  Running running(options, {{"wait", wait}});
  std::vector<Client> callers;
  for (int i = 0; i < 8; ++i) callers.emplace_back(running.Address());
  for (Client& caller : callers) REQUIRE(caller.Send("?") == 1);
  wait->AwaitCallers(8);
  wait->Release();
  for (Client& caller : callers) CHECK(caller.Receive(1) == "?");
}

// Says "slow" late, and everything else at once.
class SlowOnRequest : public Wait {
 public:
  Next OnRead(Call& call) override {
    return call.data()[0] == 's' ? Wait::OnRead(call) : Next::kRead;
  }
};

// All are read in one round, and none is put behind the one that waits.
TEST_CASE("ASlowCallHoldsUpNobodyWhileAWorkerIsFree") {
  const auto service = std::make_shared<SlowOnRequest>();
  Options options = Quiet({{"127.0.0.1:0", "slow"}});
  options.workers = 2;
  Running running(options, {{"slow", service}});
  std::vector<Client> callers;
  for (int i = 0; i < 32; ++i) callers.emplace_back(running.Address());
  for (size_t i = 0; i < callers.size(); ++i) REQUIRE(callers[i].Send(i == 0 ? "s" : "q") == 1);
  for (size_t i = 1; i < callers.size(); ++i) CHECK(callers[i].Receive(1) == "q");
  service->Release();
  CHECK(callers[0].Receive(1) == "s");
}

// Answers with 16 full buffers.
class LongAnswer : public Service {
 public:
  Next OnRead(Call& call) override { return OnContinue(call); }
  Next OnContinue(Call& call) override {
    call.SetReplySize(call.buffer().size());
    return ++call.state() < 16 ? Next::kContinue : Next::kRead;
  }
};

TEST_CASE("ALongAnswerReachesACallerWhoHasHalfClosed") {
  Options options = Quiet({{"127.0.0.1:0", "long"}});
  Running running(options, {{"long", std::make_shared<LongAnswer>()}});
  Client caller(running.Address());
  REQUIRE(caller.Send("?") == 1);
  caller.ShutdownWrite();
  CHECK(caller.ReceiveUntilEof().size() == 16 * static_cast<size_t>(options.read_buffer_bytes));
  CHECK(caller.end() == End::kEof);
  running.Stop();
  CHECK(running.server.GetStats().closed(CloseReason::kPeer) == 1);
}

// Keeps something of its own for each caller.
class Account : public Service {
 public:
  Next OnRead(Call& call) override {
    call.state() = 42;
    return Next::kRead;
  }
  void OnClose(uint64_t state) override { closed_with = state; }
  std::atomic<uint64_t> closed_with{0};
};

TEST_CASE("TellsTheServiceWhenACallIsOver") {
  const auto account = std::make_shared<Account>();
  Running running(Quiet({{"127.0.0.1:0", "account"}}), {{"account", account}});
  {
    Client caller(running.Address());
    REQUIRE(caller.Echo("?") == "?");
  }
  CHECK(WaitFor([&] { return account->closed_with == 42; }));
}

// A reader of standard error that has gone ends neither the program nor the service.
TEST_CASE("LogsToAPipeWithoutAReader") {
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const int standard_error = ::dup(2);
  ::dup2(pipe_ends[1], 2);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
  Options options = Quiet({{"127.0.0.1:0"}});
  options.log_level = LogLevel::kInfo;
  uint64_t dropped;
  {
    Running running(options);
    Client caller(running.Address());
    CHECK(caller.Echo("hello") == "hello");
    running.Stop();
    dropped = running.server.GetStats().log_dropped;
  }
  ::dup2(standard_error, 2);
  ::close(standard_error);
  CHECK(dropped == 2);  // drain_begin, drained
}

TEST_CASE("DrainsACallThatIsAtAWorker") {
  const auto wait = std::make_shared<Wait>();
  Running running(Quiet({{"127.0.0.1:0", "wait"}}), {{"wait", wait}});
  const std::string address = running.Address();
  Client caller(address);
  REQUIRE(caller.Send("?") == 1);
  wait->AwaitCallers(1);
  running.server.Stop();
  REQUIRE(WaitFor([&] { return IsRefused(address); }));
  wait->Release();
  CHECK(caller.ReceiveUntilEof() == "?");
  CHECK(caller.end() == End::kEof);
  caller.Close();
  running.Stop();
  CHECK(running.server.GetStats().bytes_lost == 0);
}

// It has arrived, and waits in the kernel for fifteen reads.
TEST_CASE("DrainsWhatHadArrivedBehindACallThatIsAtAWorker") {
  const auto wait = std::make_shared<Wait>();
  Options options = Quiet({{"127.0.0.1:0", "wait"}});
  options.read_buffer_bytes = 4096;
  Running running(options, {{"wait", wait}});
  const std::string address = running.Address();
  const std::string message = RandomBytes(60000, 112);
  Client caller(address);
  REQUIRE(caller.Send(message) == message.size());
  wait->AwaitCallers(1);
  running.server.Stop();
  REQUIRE(WaitFor([&] { return IsRefused(address); }));
  wait->Release();
  CHECK(Difference(message, caller.ReceiveUntilEof()) == "");
  caller.Close();
  running.Stop();
  CHECK(running.server.GetStats().bytes_lost == 0);
}

// Answers after nine tenths of a second.
class TakeTime : public Service {
 public:
  Next OnRead(Call&) override {
    std::this_thread::sleep_for(milliseconds(900));
    return Next::kRead;
  }
};

TEST_CASE("IdleCountsFromTheReply") {
  Options options = Quiet({{"127.0.0.1:0", "slow"}});
  options.idle_timeout_ms = 1000;
  Running running(options, {{"slow", std::make_shared<TakeTime>()}});
  Client caller(running.Address());
  REQUIRE(caller.Echo("?") == "?");
  const auto replied = Clock::now();
  CHECK(caller.ReceiveUntilEof(seconds(11)) == "");
  CHECK(caller.end() == End::kEof);
  CHECK(Clock::now() - replied >= milliseconds(950));
}

// Uses all of its buffer for each word, and answers with one byte.
class Scribble : public Service {
 public:
  Next OnRead(Call& call) override {
    std::ranges::fill(call.buffer(), '!');
    call.SetReplySize(1);
    return Next::kRead;
  }
};

TEST_CASE("WhatAServiceScribblesCostsNoMoreThanLongReplies") {
  constexpr int kCallers = 900;
  Running running(Quiet({{"127.0.0.1:0", "scribble"}}),
                  {{"scribble", std::make_shared<Scribble>()}});
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(std::make_unique<Client>(running.Address()));
  }
  REQUIRE(callers.back()->Echo("?") == "!");
  const int64_t before_kib = ResidentKib(::getpid());
  for (const auto& caller : callers) REQUIRE(caller->Send("?") == 1);
  for (const auto& caller : callers) REQUIRE(caller->Receive(1) == "!");
  // Of the 225 MiB that they need at most, two times 32 may stay for the next burst. Sanitizers
  // keep books of the pages that are gone.
  if (!kSanitized) CHECK(ResidentKib(::getpid()) - before_kib < 100 << 10);
}

TEST_CASE("StopBeforeRunEndsItAtOnce") {
  Server server(Quiet({{"127.0.0.1:0"}}));
  server.Stop();
  server.Stop();
  server.Run();
  CHECK(server.GetStats().accepted == 0);
}

TEST_CASE("SeveralServersShareAProgram") {
  Running one(Quiet({{"127.0.0.1:0"}}));
  Running two(Quiet({{"127.0.0.1:0"}}));
  Client caller_of_one(one.Address());
  Client caller_of_two(two.Address());
  CHECK(caller_of_one.Echo("one") == "one");
  CHECK(caller_of_two.Echo("two!") == "two!");
  one.Stop();
  CHECK(caller_of_two.Echo("still there") == "still there");
  CHECK(one.server.GetStats().bytes_in == 3);
}

TEST_CASE("LeavesNeitherThreadsNorDescriptorsBehind") {
  const int64_t descriptors = DescriptorCount(::getpid());
  const int64_t threads = ThreadCount(::getpid());
  for (int i = 0; i < 20; ++i) {
    Running running(Quiet({{"127.0.0.1:0"}}));
    Client caller(running.Address());
    REQUIRE(caller.Echo("hello") == "hello");
  }
  CHECK(DescriptorCount(::getpid()) == descriptors);
  CHECK(WaitFor([&] { return ThreadCount(::getpid()) == threads; }));
}

TEST_CASE("NeverRunAServerLeavesNothingBehind") {
  const int64_t descriptors = DescriptorCount(::getpid());
  std::string address;
  {
    Server server(Quiet({{"127.0.0.1:0"}}));
    address = server.Addresses().at(0);
  }
  CHECK(IsRefused(address));
  CHECK(DescriptorCount(::getpid()) == descriptors);
}

TEST_CASE("CountersMayBeReadByAnyThreadAtAnyTime") {
  Running running(Quiet({{"127.0.0.1:0"}}));
  const std::string message = RandomBytes(1 << 20, 111);
  std::thread reader([&] {
    uint64_t last = 0;
    while (last < 8 * message.size()) {
      const uint64_t now = running.server.GetStats().bytes_in;
      if (now < last) return;
      last = now;
    }
  });
  Client caller(running.Address());
  for (int i = 0; i < 8; ++i) CHECK(Difference(message, caller.Echo(message)) == "");
  reader.join();
  CHECK(running.server.GetStats().bytes_in == 8 * message.size());
}

}  // namespace
}  // namespace switchboard::test
