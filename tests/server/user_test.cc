// --user: what is bound as root is served without any right of root. Left out where the tests are
// not root.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

bool IsRoot() {
  if (::geteuid() == 0) return true;
  MESSAGE("left out: only root can become another user");
  return false;
}

// What /proc/PID/status says of `key`, of each thread, "0000000000000000" say; "" for none.
std::vector<std::string> OfEachThread(pid_t pid, const std::string& key) {
  std::vector<std::string> values;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::istringstream lines(Contents(task.path() / "status"));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(key + ":")) continue;
      const size_t begin = line.find_first_not_of(" \t", key.size() + 1);
      const size_t end = line.find_last_not_of(" \t");
      values.push_back(begin == std::string::npos ? "" : line.substr(begin, end + 1 - begin));
    }
  }
  return values;
}

void CheckEachThread(pid_t pid, const std::string& key, const std::string& expected) {
  const std::vector<std::string> values = OfEachThread(pid, key);
  CHECK(values.size() > 2);
  for (const std::string& value : values) {
    CAPTURE(key);
    CHECK(value == expected);
  }
}

TEST_CASE("NoThreadHasARightOfRoot") {
  if (!IsRoot()) return;
  ServerProcess server({"--user", "12345:23456", "--greeting", ""});
  Client caller(server.Address());
  REQUIRE(caller.Echo("hello") == "hello");
  CheckEachThread(server.pid(), "Uid", "12345\t12345\t12345\t12345");
  CheckEachThread(server.pid(), "Gid", "23456\t23456\t23456\t23456");
  CheckEachThread(server.pid(), "Groups", "");
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    CheckEachThread(server.pid(), set, "0000000000000000");
  }
  CheckEachThread(server.pid(), "NoNewPrivs", "1");
  server.Drain();
}

TEST_CASE("TheGroupIsOfTheSameNumberByDefault") {
  if (!IsRoot()) return;
  ServerProcess server({"--user", "12345"});
  CheckEachThread(server.pid(), "Gid", "12345\t12345\t12345\t12345");
}

TEST_CASE("APortBelow1024IsBoundBefore") {
  if (!IsRoot()) return;
  Spawn alone;  // in a network of its own nobody has the port
  alone.wrapper = {"unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""};
  if (RunToEnd({"--version"}, alone).status != 0) {
    MESSAGE("left out: there is no network of its own here");
    return;
  }
  ServerProcess server({"--listen", "127.0.0.1:7", "--user", "12345"}, alone);
  CHECK(server.Address() == "127.0.0.1:7");
  server.Drain();
}

TEST_CASE("AUnixPathThatWillStayIsSaid") {
  if (!IsRoot()) return;
  TempFolder folder;
  const std::string path = folder / "s";
  for (const ServerProcess::Options& at :
       {ServerProcess::Options{"--listen", "unix:" + path},
        ServerProcess::Options{"--listen", "127.0.0.1:0", "--status", "unix:" + path}}) {
    ServerProcess::Options options = {"--user", "12345", "--unix-mode", "666"};
    options.insert(options.end(), at.begin(), at.end());
    ServerProcess server(options);
    REQUIRE(WaitFor([&] { return !server.Logged("unix_path_stays").empty(); }));
    const std::vector<Fields> warned = server.Logged("unix_path_stays");
    REQUIRE(warned.size() == 1);
    CHECK(warned[0].Text("at") == "unix:" + path);
    server.Drain();
    CHECK(std::filesystem::is_socket(path));
  }
  REQUIRE(::chown((folder / ".").c_str(), 12345, 12345) == 0);
  ServerProcess server({"--listen", "unix:" + path, "--user", "12345"});
  CHECK(server.Logged("unix_path_stays").empty());
  server.Drain();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("WhoIsNotRootCannotBecomeAnother") {
  if (!IsRoot() || kSanitized) return;
  Spawn other;
  other.wrapper = {"setpriv", "--reuid", "12345", "--clear-groups"};
  const Finished run = RunToEnd({"--listen", "127.0.0.1:0", "--user", "23456"}, other);
  if (run.status == 127 || run.status == 126) {
    MESSAGE("left out: another user cannot run the server here");
    return;
  }
  CHECK(run.status == 1);
  CHECK(run.err.find("start as root, or leave --user out") != std::string::npos);
  CHECK(SplitLines(run.err).size() == 1);
}

// A step that fails, or that a sandbox only claims to have made.
TEST_CASE("NobodyIsServedWithARightThatIsLeft") {
  if (!IsRoot()) return;
  struct Step {
    long call;
    int argument;
    long value;
    const char* refused;  // what is said of one that fails
    bool needed;          // else another step takes the right as well
  };
  const Step steps[] = {
      {SYS_prctl, 0, PR_CAPBSET_DROP, "cannot give up capabilities: ", true},
      {SYS_setgroups, -1, 0, "cannot leave the groups: ", ::getgroups(0, nullptr) > 0},
      {SYS_setresgid, -1, 0, "cannot change the group: ", true},
      {SYS_setresuid, -1, 0, "cannot change the user: ", true},
      {SYS_capset, -1, 0, "cannot give up capabilities: ", false},
      {SYS_prctl, 0, PR_SET_NO_NEW_PRIVS, "cannot give up the way back: ", false}};
  for (const Step& step : steps) {
    CAPTURE(step.refused);
    for (const int error : {EPERM, 0}) {
      if (error == 0 && !step.needed) continue;
      Spawn sandbox;
      sandbox.wrapper = Refusing(step.call, error, step.argument, step.value);
      const Finished run = RunToEnd({"--listen", "127.0.0.1:0", "--user", "12345"}, sandbox);
      CAPTURE(run.err);
      CHECK(run.status == 1);
      CHECK(run.out == "");
      CHECK(SplitLines(run.err).size() == 1);
      const char* const said = error != 0 ? step.refused : "rights of root are left after --user";
      CHECK(run.err.find(said) != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace switchboard::test
