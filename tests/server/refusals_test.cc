// A kernel that refuses a step on the way to a listening socket: the server ends with one sentence
// that names the address, the reason and a way out that helps against it, and leaves nothing
// behind.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "src/linux/address.h"
#include "src/linux/fd.h"
#include "src/linux/socket.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

namespace fs = std::filesystem;

struct Refused {
  long call;
  int error;
  int argument = -1;
  long value = 0;
};

Spawn Under(const std::vector<Refused>& all) {
  Spawn spawn;
  for (const Refused& each : all) {
    const auto wrapper = Refusing(each.call, each.error, each.argument, each.value);
    spawn.wrapper.insert(spawn.wrapper.end(), wrapper.begin(), wrapper.end());
  }
  return spawn;
}

void CheckOneSentence(const Finished& run, const std::string& begin, const std::string& end) {
  CAPTURE(run.err);
  CHECK(run.status == 1);
  CHECK(run.out == "");
  CHECK(SplitLines(run.err).size() == 1);
  CHECK(run.err.starts_with("switchboard: " + begin));
  CHECK(run.err.ends_with(end + "\n"));
}

TEST_CASE("TheWayOutSuitsTheRefusal") {
  TempFolder folder;
  const std::string tcp = "127.0.0.1:0", file = "unix:" + folder / "s";
  struct Case {
    std::string listen;
    Refused refused;
    std::string way_out;
  };
  const Case cases[] = {
      {tcp, {SYS_bind, EPERM}, "choose a port of 1024 or more with --listen, or run as root"},
      {tcp, {SYS_bind, EINVAL}, "choose another with --listen"},
      {file, {SYS_bind, EPERM}, "choose a path in a directory that you may write to"},
      {file, {SYS_bind, EROFS}, "choose another with --listen"},
      {file, {SYS_bind, ENOTDIR}, "make the directory first or choose another path with --listen"},
      {file,
       {SYS_socket, EAFNOSUPPORT, 0, AF_UNIX},
       "this machine does not have that kind of address; choose another with --listen"},
      {tcp,
       {SYS_socket, EMFILE, 0, AF_INET},
       "raise the limit on open files of the process (ulimit -n)"},
      {tcp,
       {SYS_listen, EADDRINUSE},
       "stop the program that listens there or choose another with --listen"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.way_out);
    const std::string reason = std::strerror(each.refused.error);
    const Finished run = RunToEnd({"--listen", each.listen}, Under({each.refused}));
    CheckOneSentence(run, "cannot listen at " + each.listen + ": " + reason + "; ", each.way_out);
    CHECK(fs::is_empty(folder / "."));
  }
}

// Without any of them callers would not have what they are promised.
TEST_CASE("NoSettingOfASocketIsDoneWithout") {
  struct Setting {
    int name;
    ServerProcess::Options asked_for;
  };
  const Setting settings[] = {{SO_REUSEADDR, {}},
                              {SO_OOBINLINE, {}},
                              {TCP_NODELAY, {}},
                              {SO_KEEPALIVE, {"--keepalive", "60"}},
                              {TCP_KEEPIDLE, {"--keepalive", "60"}},
                              {TCP_KEEPINTVL, {"--keepalive", "60"}},
                              {TCP_KEEPCNT, {"--keepalive", "60"}},
                              {SO_SNDBUF, {"--socket-buffer", "4096"}},
                              {SO_RCVBUF, {"--socket-buffer", "4096"}}};
  for (const Setting& setting : settings) {
    CAPTURE(setting.name);
    ServerProcess::Options options = setting.asked_for;
    options.insert(options.end(), {"--listen", "127.0.0.1:0"});
    const Spawn refusing = Under({{SYS_setsockopt, EPERM, 2, setting.name}});
    CheckOneSentence(RunToEnd(options, refusing), "cannot listen at 127.0.0.1:0: ", "");
  }
}

TEST_CASE("AMachineWithoutIpv6ServesIpv4Everywhere") {
  ServerProcess server({"--listen=0"}, Under({{SYS_socket, EAFNOSUPPORT, 0, AF_INET6}}));
  for (const std::string& address : server.Addresses()) CHECK_FALSE(address.starts_with('['));
  const Finished run =
      RunToEnd({"--listen", "[::1]:0"}, Under({{SYS_socket, EAFNOSUPPORT, 0, AF_INET6}}));
  CheckOneSentence(run, "cannot listen at [::1]:0: ",
                   "this machine does not have that kind of address; choose another with --listen");
}

// A name may stand for addresses of which the machine has only some.
TEST_CASE("OfANameTheAddressesCountThatTheMachineHas") {
  const sys::Address loopback = sys::NumericAddress("127.0.0.1").value();
  ServerProcess server({"--listen", "localhost:0"},
                       Under({{SYS_socket, EAFNOSUPPORT, 0, AF_INET6}}));
  REQUIRE(server.Addresses().size() == 1);
  CHECK(server.Address().starts_with(loopback.ToString().substr(0, 10)));
}

TEST_CASE("APathIsNotServedWithOtherPermissionsThanThoseAskedFor") {
  TempFolder folder;
  std::vector<Refused> refused = {{SYS_fchmodat, EPERM}};
#ifdef SYS_chmod
  refused.push_back({SYS_chmod, EPERM});
#endif
#ifdef SYS_fchmodat2
  refused.push_back({SYS_fchmodat2, EPERM});
#endif
  const std::string at = "unix:" + folder / "s";
  const Finished run = RunToEnd({"--listen", at, "--unix-mode", "600"}, Under(refused));
  CheckOneSentence(run, "cannot set the permissions of " + at + ": Operation not permitted; ",
                   "leave --unix-mode out");
  CHECK(fs::is_empty(folder / "."));
}

}  // namespace
}  // namespace switchboard::test
