// Unix sockets: callers there have what TCP callers have, and a path is removed by whoever made it.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

namespace fs = std::filesystem;

void CheckServesAt(const std::string& address) {
  CAPTURE(address);
  Client caller(address);
  CHECK(caller.Echo("can you hear me?") == "can you hear me?");
}

// Quiet, at a socket in a folder of its own.
struct UnixServer {
  explicit UnixServer(ServerProcess::Options more = {}) : server(With(std::move(more))) {}
  ServerProcess::Options With(ServerProcess::Options options) const {
    options.insert(options.end(), {"--listen", "unix:" + path, "--greeting", ""});
    return options;
  }

  TempFolder folder;
  const std::string path = folder / "s";
  ServerProcess server;
};

TEST_CASE("ASuccessorKeepsItsPath") {
  UnixServer first;
  REQUIRE(fs::remove(first.path));
  ServerProcess second(first.With({}));
  first.server.Drain();
  CHECK(fs::is_socket(first.path));
  CheckServesAt(second.Address());
  second.Drain();
  CHECK_FALSE(fs::exists(first.path));
}

TEST_CASE("AFileThatTookThePathStays") {
  UnixServer at;
  REQUIRE(fs::remove(at.path));
  REQUIRE(fs::create_directory(at.path));
  at.server.Drain();
  CHECK(fs::is_directory(at.path));
}

TEST_CASE("LeavesNoFileIfItCannotListen") {
  TempFolder folder;
  const std::string path = folder / "s";
  Spawn refused;
  refused.wrapper = Refusing(SYS_listen, ENOBUFS);
  CHECK(RunToEnd({"--listen", "unix:" + path}, refused).status == 1);
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("LeavesNoFileIfALaterAddressFails") {
  TempFolder folder;
  const ServerProcess there;
  const std::string path = folder / "s";
  CHECK(RunToEnd({"-l", "unix:" + path, "-l", there.Address()}).status == 1);
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("ListensAtAnAbstractName") {
  const std::string name = "unix:@switchboard-test-" + std::to_string(::getpid());
  ServerProcess server({"--listen", name, "--greeting", ""});
  CHECK(server.Address() == name);
  CheckServesAt(name);
  const Finished second = RunToEnd({"--listen", name});
  CHECK(second.status == 1);
  CHECK(second.err.find(name) != std::string::npos);
  CHECK(second.err.find("stop the program") != std::string::npos);
  REQUIRE(server.Reaches("closed_peer", 1));
  server.Drain();
  ServerProcess again({"--listen", name, "--greeting", ""});
  CheckServesAt(name);
}

TEST_CASE("ThePathHasThePermissionsThatWereAskedFor") {
  Spawn strict;
  strict.wrapper = {"sh", "-c", "umask 0077 && exec \"$0\" \"$@\""};
  for (const auto& each : std::map<std::vector<std::string>, unsigned>{
           {{}, 0700}, {{"--unix-mode", "666"}, 0666}, {{"--unix-mode", "0000"}, 0}}) {
    const unsigned mode = each.second;
    CAPTURE(mode);
    TempFolder folder;
    ServerProcess::Options all = each.first;
    all.insert(all.end(), {"--listen", "unix:" + folder / "s"});
    const ServerProcess server(all, strict);
    CHECK(static_cast<unsigned>(fs::status(folder / "s").permissions()) == mode);
  }
}

TEST_CASE("AnAbstractNameBelongsToAService") {
  const std::string name = "unix:@switchboard-day-" + std::to_string(::getpid());
  ServerProcess server({"--listen", name + "=daytime"});
  Client caller(name);
  CHECK(caller.ReceiveUntilEof().ends_with("\r\n"));
}

TEST_CASE("ANameThatDoesNotFitIsAMistake") {
  for (const std::string& name :
       {std::string("@"), '@' + std::string(108, 'x'), '/' + std::string(107, 'x')}) {
    CAPTURE(name);
    const Finished run = RunToEnd({"--listen", "unix:" + name});
    CHECK(run.status == 2);
    CHECK(run.err.find("1 to 107") != std::string::npos);
  }
  CheckServesAt(ServerProcess({"-l", "unix:@" + std::string(107, 'x'), "--greeting="}).Address());
}

TEST_CASE("EchoesUrgentDataInLine") {
  UnixServer at;
  Client caller(at.server.Address());
  for (int i = 0; i < 200; ++i) {
    REQUIRE(caller.Send("ab") == 2);
    if (!caller.SendUrgent('!')) {
      MESSAGE("left out: this kernel has no urgent data on unix sockets");
      return;
    }
    REQUIRE(caller.Send("cd") == 2);
    REQUIRE(caller.Receive(5) == "ab!cd");
  }
  REQUIRE(caller.SendUrgent('?'));
  CHECK(caller.Receive(1) == "?");
}

// Sends `text` and a descriptor with it.
void SendWithDescriptor(const Client& caller, std::string_view text, int descriptor) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  iovec data{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof(descriptor));
  REQUIRE(::sendmsg(caller.fd(), &message, MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
}

// A read ends behind data that came with a descriptor, and is no sign that all has been read.
TEST_CASE("EchoesWhatComesBehindADescriptor") {
  UnixServer at;
  Client caller(at.server.Address());
  REQUIRE(caller.Echo("hello") == "hello");
  const int64_t descriptors = DescriptorCount(at.server.pid());
  at.server.Signal(SIGSTOP);
  REQUIRE(caller.Send("ab") == 2);
  SendWithDescriptor(caller, "cd", STDIN_FILENO);
  SendWithDescriptor(caller, "ef", STDIN_FILENO);
  REQUIRE(caller.Send("gh") == 2);
  at.server.Signal(SIGCONT);
  // Not read before that: it would be an event of its own.
  CHECK(at.server.Reaches("bytes_out", 5 + 8));
  CHECK(caller.Receive(8) == "abcdefgh");
  CHECK(DescriptorCount(at.server.pid()) == descriptors);
}

TEST_CASE("SocketBufferBoundsTheReplyToACallerWhoDoesNotRead") {
  UnixServer at({"--socket-buffer", "8192"});
  Client caller(at.server.Address());
  caller.SendSome(RandomBytes(1 << 20, 81));
  REQUIRE(at.server.Reaches("buffered", 1));
  CHECK(at.server.Stats()["bytes_out"] <= 2 * 8192);
}

// The kernel has a buffer for what a unix caller says: the caller's own. While its replies wait,
// nothing more is read of it.
TEST_CASE("ACallerMayQueueWhatItsOwnSendBufferHolds") {
  UnixServer at({"--socket-buffer", "8192", "--read-buffer", "4096"});
  Client caller(at.server.Address());
  constexpr int kSendBuffer = 16384;
  REQUIRE(::setsockopt(caller.fd(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof(int)) == 0);
  const size_t said = caller.Send(RandomBytes(1 << 20, 82), milliseconds(500));
  CHECK(said < 100'000);
  CHECK(caller.Receive(said).size() == said);
}

}  // namespace
}  // namespace switchboard::test
