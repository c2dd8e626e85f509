// A lack of memory ends no server that has started: what needed the memory is dropped and counted.
// One that cannot start says so.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/linux/fd.h"
#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/failing_malloc.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// A server that is refused memory as `refusal()` says.
class Deprived {
 public:
  Deprived() {
    const std::string path = folder_ / "refusal";
    const sys::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(::ftruncate(file.get(), sizeof(MemoryRefusal)) == 0);
    void* const mapped =
        ::mmap(nullptr, sizeof(MemoryRefusal), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    REQUIRE(mapped != MAP_FAILED);
    refusal_ = static_cast<MemoryRefusal*>(mapped);
    spawn.wrapper = {"env", "LD_PRELOAD=" FAILING_MALLOC, "FAILING_MALLOC=" + path};
  }
  ~Deprived() { ::munmap(refusal_, sizeof(MemoryRefusal)); }
  Deprived(const Deprived&) = delete;
  Deprived& operator=(const Deprived&) = delete;

  MemoryRefusal& refusal() { return *refusal_; }

  Spawn spawn;

 private:
  TempFolder folder_;
  MemoryRefusal* refusal_ = nullptr;
};

bool IsLeftOut() {
  if (kSanitized) MESSAGE("left out: a sanitizer has an allocator of its own");
  return kSanitized;
}

const std::string kGreeting = "hello from server\n";

// A caller may be hung up on for want of memory, but not be answered wrongly.
bool IsServed(const std::string& address) {
  Client caller(address);
  if (caller.Receive(kGreeting.size()) != kGreeting) return false;
  const std::string echo = caller.Echo("can you hear me?");
  const bool right = echo == "can you hear me?" || echo == "";
  CHECK(right);
  return echo != "";
}

bool HasStarted(ServerProcess& server) {
  REQUIRE(WaitFor([&] {
    return !server.Addresses().empty() || server.WaitForExit(milliseconds(0)).has_value();
  }));
  return !server.Addresses().empty();
}

// From the first call to the last word.
void CheckLives(ServerProcess& server) {
  const std::string address = server.Address();
  const bool served = IsServed(address) || IsServed(address);
  CHECK(served);
  server.Stats();
  server.Drain();
}

void CheckEndedWithASentence(ServerProcess& server) {
  CHECK(server.WaitForExit().value_or(-1) == 1);
  CHECK(server.Out() == "");
  const std::vector<std::string> lines = SplitLines(server.Err());
  CAPTURE(server.Err());
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back().starts_with("switchboard: "));
  // A thread that gets no stack is told EAGAIN, as one too many is.
  const bool way_out = lines.back().find("memory") != std::string::npos ||
                       lines.back().find("ulimit") != std::string::npos;
  CHECK(way_out);
}

TEST_CASE("SurvivesTheLackOfAnyOneAllocation") {
  if (IsLeftOut()) return;
  Deprived at;
  // No host name: the C library's own lookup of names does not survive this.
  const ServerProcess::Options options = {"--listen=0", "--listen",    "127.0.0.1:0",
                                          "--trace",    "--log-level", "debug"};
  int64_t number = 0;
  int64_t ended = 0;
  do {
    at.refusal().asked = 0;
    at.refusal().refused_one = ++number;
    CAPTURE(number);
    ServerProcess server = ServerProcess::WithoutWaiting(options, at.spawn);
    if (HasStarted(server)) {
      CheckLives(server);
    } else {
      CheckEndedWithASentence(server);
      ++ended;
    }
  } while (at.refusal().asked >= number);
  CHECK(ended > 0);
}

TEST_CASE("ServesAndAnswersSignalsWithoutAnyMemory") {
  if (IsLeftOut()) return;
  Deprived at;
  ServerProcess server({"--trace", "--log-level", "debug"}, at.spawn);
  Client caller(server.Address());
  REQUIRE(caller.Receive(kGreeting.size()) == kGreeting);
  REQUIRE(caller.Echo("before") == "before");

  at.refusal().refuse_all = true;
  CHECK(caller.Echo("meanwhile") == "meanwhile");
  std::vector<std::unique_ptr<Client>> more;
  for (int i = 0; i < 200; ++i) more.push_back(std::make_unique<Client>(server.Address()));
  CHECK(server.Reaches("no_memory", 1));
  CHECK(server.Logged("no_memory").size() >= 1);
  more.clear();

  at.refusal().refuse_all = false;
  CHECK(caller.Echo("still there?") == "still there?");
  CHECK(IsServed(server.Address()));
  at.refusal().refuse_all = true;
  caller.Close();
  server.Drain();
}

TEST_CASE("WithoutMemoryForTheHeaderOfAProxyItsCallerIsDroppedAndThatIsSaid") {
  if (IsLeftOut()) return;
  Deprived at;
  ServerProcess server({"--listen=127.0.0.1:0=echo,proxy", "--proxy-from=127.0.0.0/8"}, at.spawn);
  const std::string header = "PROXY TCP4 192.0.2.9 198.51.100.1 4711 8000\r\n";
  at.refusal().refuse_all = true;
  for (int i = 0; i < 3; ++i) {
    Client caller(server.Address());
    caller.Send(header);
    CHECK(caller.ReceiveUntilEof() == "");
    CHECK(caller.end() != End::kOpen);
  }
  CHECK(server.Reaches("no_memory", 3));
  const std::vector<Fields> warnings = server.Logged("no_memory");
  REQUIRE_FALSE(warnings.empty());
  CHECK(warnings.front().Text("level") == "warn");
  CHECK(warnings.front().Text("guests") == "0");

  at.refusal().refuse_all = false;
  Client caller(server.Address());
  caller.Send(header);
  CHECK(caller.Receive(kGreeting.size()) == kGreeting);
  caller.Close();
  server.Drain();
}

TEST_CASE("NoneOfSeveralProcessesEndsForWantOfMemory") {
  if (IsLeftOut()) return;
  Deprived at;
  ServerProcess server({"--processes", "2"}, at.spawn);
  at.refusal().refuse_all = true;
  // Time for each to give some signs of life.
  for (int i = 0; i < 10; ++i) {
    server.Stats();
    std::this_thread::sleep_for(milliseconds(150));
  }
  CHECK(server.Logged("process_ended").empty());

  at.refusal().refuse_all = false;
  CHECK(IsServed(server.Address()));
  at.refusal().refuse_all = true;
  server.Drain();
}

}  // namespace
}  // namespace switchboard::test
