// What the machine refuses or does not say: the server finds a sensible value, says that it does
// not know, or ends with a sentence that names the way out.

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

namespace fs = std::filesystem;

const std::string kGreeting = "hello from server\n";

Spawn Under(std::vector<std::string> wrapper) {
  Spawn spawn;
  spawn.wrapper = std::move(wrapper);
  return spawn;
}

void CheckServesEverywhere(const ServerProcess& server) {
  const std::string address = server.Address();
  Client caller("127.0.0.1" + address.substr(address.rfind(':')));
  CHECK(caller.Receive(kGreeting.size()) == kGreeting);
}

bool IsWildcard(const std::string& address) {
  return address.starts_with("[::]:") || address.starts_with("0.0.0.0:");
}

TEST_CASE("NamesTheWildcardIfTheInterfacesAreNotKnown") {
  ServerProcess server({"--listen=0"}, Under(Refusing(SYS_socket, EAFNOSUPPORT, 0, AF_NETLINK)));
  REQUIRE(server.Addresses().size() == 1);
  CHECK(IsWildcard(server.Address()));
  CheckServesEverywhere(server);
}

TEST_CASE("NamesTheWildcardIfNoInterfaceIsUp") {
  const Spawn alone = Under({"unshare", "--net"});
  if (RunToEnd({"--version"}, alone).status != 0) {
    MESSAGE("left out: a network namespace cannot be made here");
    return;
  }
  ServerProcess server({"--listen=0"}, alone);
  REQUIRE(server.Addresses().size() == 1);
  CHECK(IsWildcard(server.Address()));
}

// A server with a place for one caller and one on hold, and others who try.
struct Overrun {
  explicit Overrun(const Spawn& spawn = {})
      : server({"--backlog", "1", "--max-connections", "1"}, spawn) {
    for (int i = 0; i < 20; ++i) callers.push_back(std::make_unique<Client>(server.Address()));
  }
  ServerProcess server;
  std::vector<std::unique_ptr<Client>> callers;
};

TEST_CASE("CountsCallersThatAFullBacklogTurnedAway") {
  Overrun at;
  CHECK(at.server.Reaches("listen_overflows", 1));
  at.callers.clear();
  CHECK(at.server.Drain()["listen_overflows"] >= 1);
}

TEST_CASE("CountsThemWithoutDescriptors") {
  Overrun at;
  at.server.Stats();  // what a sanitizer opens, it has opened by now
  LimitDescriptors(at.server.pid(), NextDescriptor(at.server.pid()), 1024);
  CHECK(at.server.Reaches("listen_overflows", 1));
}

TEST_CASE("CountsThemWithoutProc") {
  const Spawn hidden = Under(HidingProc());
  if (hidden.wrapper.empty()) return;
  Overrun at(hidden);
  CHECK(at.server.Reaches("listen_overflows", 1));
}

TEST_CASE("SaysSoIfTheyAreNotKnown") {
  Overrun at(Under(Refusing(SYS_getsockopt, EPERM, 2, SO_MEMINFO)));
  CHECK(at.server.Stats()["listen_overflows"] == -1);
  CHECK(at.server.Drain()["listen_overflows"] == -1);
}

TEST_CASE("OnlyItsOwnListenersCount") {
  Overrun other;
  REQUIRE(other.server.Reaches("listen_overflows", 1));
  ServerProcess server;
  CHECK(server.Stats()["listen_overflows"] == 0);
}

TEST_CASE("NamesNoBacklogLimitThatItHasNotRead") {
  const std::vector<std::string> large = {"--backlog", "1000000000"};
  ServerProcess told(large);
  CHECK(told.Logged("backlog_cut").size() == 1);
  const Spawn hidden = Under(HidingProc());
  if (hidden.wrapper.empty()) return;
  ServerProcess server(large, hidden);
  CheckServesEverywhere(server);
  CHECK(server.Logged("backlog_cut").empty());
}

int64_t Threads(const Spawn& spawn = {}) {
  ServerProcess server({}, spawn);
  return ThreadCount(server.pid());
}

constexpr long kUsualMaskBytes = 128;  // for 1024 CPUs

TEST_CASE("HasAsManyWorkersAsCpusOnALargeMachine") {
  CHECK(Threads(Under(Refusing(SYS_sched_getaffinity, EINVAL, 1, kUsualMaskBytes))) == Threads());
}

TEST_CASE("ServesIfTheCpusAreNotKnown") {
  if (kSanitized) {
    MESSAGE("left out: a sanitizer asks for the CPUs itself");
    return;
  }
  ServerProcess server({}, Under(Refusing(SYS_sched_getaffinity, EPERM)));
  CheckServesEverywhere(server);
  const Spawn hidden = Under(HidingProc());
  if (!hidden.wrapper.empty()) CHECK(Threads(hidden) == Threads());
}

// A control group with a quota, in whichever version this machine has, and one within it.
class QuotaGroup {
 public:
  QuotaGroup() {
    const std::string name = "/switchboard-test-" + std::to_string(::getpid());
    for (const char* mount : {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup"}) {
      std::error_code refused;
      folder_ = mount + name;
      if (!fs::create_directories(folder_ + "/inner", refused)) continue;
      if (Write("/cpu.cfs_period_us", "100000") && Write("/cpu.cfs_quota_us", "50000")) return;
      if (Write("/cpu.max", "50000 100000")) return;
      Remove();
    }
    folder_.clear();
  }
  ~QuotaGroup() { Remove(); }
  QuotaGroup(const QuotaGroup&) = delete;
  QuotaGroup& operator=(const QuotaGroup&) = delete;

  bool made() const { return !folder_.empty(); }
  Spawn Inside() const {
    return Under(
        {"sh", "-c", "echo $$ > " + folder_ + "/inner/cgroup.procs && exec \"$0\" \"$@\""});
  }

 private:
  bool Write(const std::string& name, const std::string& value) const {
    std::error_code none;
    if (!fs::exists(folder_ + name, none)) return false;
    std::ofstream file(folder_ + name);
    file << value << std::flush;
    return file.good();
  }
  void Remove() const {
    if (folder_.empty()) return;
    ::rmdir((folder_ + "/inner").c_str());
    ::rmdir(folder_.c_str());
  }

  std::string folder_;
};

TEST_CASE("HasAsManyWorkersAsItsQuotaAllows") {
  const QuotaGroup group;
  if (!group.made() || RunToEnd({"--version"}, group.Inside()).status != 0) {
    MESSAGE("left out: a control group with a quota cannot be made here");
    return;
  }
  ServerProcess one({"--workers", "1"});
  CHECK(Threads(group.Inside()) == ThreadCount(one.pid()));
}

// Ends at once, with a sentence that has each of `named`.
void CheckRefuses(const std::string& address, const std::vector<std::string>& named,
                  const Spawn& spawn = {}) {
  const Finished run = RunToEnd({"--listen", address}, spawn);
  CAPTURE(address);
  CAPTURE(run.err);
  CHECK(run.status == 1);
  CHECK(run.out == "");
  CHECK(SplitLines(run.err).size() == 1);
  for (const std::string& name : named) {
    CAPTURE(name);
    CHECK(run.err.find(name) != std::string::npos);
  }
}

TEST_CASE("ARefusedAddressNamesTheWayOut") {
  TempFolder folder;
  ServerProcess there;
  CheckRefuses(there.Address(), {there.Address(), "in use", "stop the program"});
  CheckRefuses("192.0.2.1:0", {"192.0.2.1", "address of this machine"});
  CheckRefuses("[fe80::1]:0", {"fe80::1", "%"});
  CheckRefuses("unix:" + folder / "none/s", {"none/s", "directory"});
  CheckRefuses("127.0.0.1:7", {"127.0.0.1:7", "1024"}, Under(Refusing(SYS_bind, EACCES)));
  CheckRefuses("unix:" + folder / "s", {"directory"}, Under(Refusing(SYS_bind, EACCES)));
  CheckRefuses("127.0.0.1:0", {"memory"}, Under(Refusing(SYS_listen, ENOBUFS)));
  CheckRefuses("[::1]:0", {"::1", "kind of address"},
               Under(Refusing(SYS_socket, EAFNOSUPPORT, 0, AF_INET6)));
  CheckRefuses("127.0.0.1:0", {"fs.file-max"}, Under(Refusing(SYS_socket, ENFILE, 0, AF_INET)));
}

TEST_CASE("ALackOfDescriptorsNamesTheWayOut") {
  if (kSanitized) {
    MESSAGE("left out: a sanitizer needs descriptors of its own");
    return;
  }
  int refused = 0;
  for (int limit = 4; limit < 12; ++limit) {
    const std::string descriptors = std::to_string(limit);
    Spawn few = Under({"prlimit", "--nofile=" + descriptors + ":" + descriptors});
    ServerProcess server = ServerProcess::WithoutWaiting({"--listen", "127.0.0.1:0"}, few);
    REQUIRE(WaitFor([&] {
      return !server.Addresses().empty() || server.WaitForExit(milliseconds(0)).has_value();
    }));
    if (!server.Addresses().empty()) continue;
    CAPTURE(server.Err());
    CHECK(server.WaitForExit() == 1);
    CHECK(server.Err().find("ulimit -n") != std::string::npos);
    ++refused;
  }
  CHECK(refused >= 1);
}

TEST_CASE("ALackOfThreadsNamesTheWayOut") {
  if (kSanitized) {
    MESSAGE("left out: a sanitizer needs threads of its own");
    return;
  }
  CheckRefuses("127.0.0.1:0", {"signals", "ulimit -u"}, Under(Refusing(SYS_clone3, EAGAIN)));
}

}  // namespace
}  // namespace switchboard::test
