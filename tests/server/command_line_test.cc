// What the command line takes, and the one sentence that answers what it does not.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/build.h"
#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

// Exactly one line on standard error, holding each of `named`; nothing on standard output.
void CheckOneSentence(const Finished& run, int status, const std::vector<std::string>& named) {
  INFO("standard error: " << run.err);
  INFO("standard output: " << run.out);
  CHECK(run.status == status);
  CHECK(run.out == "");
  CHECK(SplitLines(run.err).size() == 1);
  CHECK(run.err.ends_with('\n'));
  CHECK(run.err.size() > 20);
  for (const std::string& name : named) {
    CAPTURE(name);
    CHECK(run.err.find(name) != std::string::npos);
  }
}

struct WrongUsage {
  ServerProcess::Options options;
  std::vector<std::string> named;
};

const std::string kLongPath = "unix:/tmp/" + std::string(200, 'x');

const WrongUsage kWrongUsages[] = {
    {{"--workers", "0"}, {"--workers", "0", "1024"}},
    {{"--workers", "1025"}, {"--workers", "1025", "1024"}},
    {{"--workers", "-1"}, {"--workers", "-1"}},
    {{"--workers", "4x"}, {"--workers", "4x"}},
    {{"--workers", "4 "}, {"--workers"}},
    {{"--workers", "0x10"}, {"--workers", "0x10"}},
    {{"--workers", "2.5"}, {"--workers", "2.5"}},
    {{"--workers", ""}, {"--workers"}},
    {{"--workers", "four"}, {"--workers", "four"}},
    {{"--workers", "4294967296"}, {"--workers", "4294967296"}},
    {{"--workers", "4294967297"}, {"--workers", "4294967297"}},
    {{"--workers", "18446744073709551617"}, {"--workers", "18446744073709551617"}},
    {{"--workers", "fax=2"}, {"fax"}},
    {{"--workers", "echo=0"}, {"--workers", "0"}},
    {{"--workers", "echo="}, {"--workers"}},
    {{"--workers", "discard=2"}, {"--workers discard=2", "--listen PORT=discard"}},
    {{"--workers"}, {"--workers"}},
    {{"-w", "0"}, {"0"}},
    {{"--read-buffer", "1023"}, {"--read-buffer", "1023"}},
    {{"--read-buffer", "16777217"}, {"--read-buffer", "16777217"}},
    {{"--read-buffer", "64k!"}, {"--read-buffer", "64k!"}},
    {{"--socket-buffer", "-5"}, {"--socket-buffer", "-5"}},
    {{"--socket-buffer", "4294967296"}, {"--socket-buffer", "4294967296"}},
    {{"--idle-timeout", "-1"}, {"--idle-timeout", "-1"}},
    {{"--idle-timeout", "soon"}, {"--idle-timeout", "soon"}},
    {{"--idle-timeout", "nan"}, {"--idle-timeout", "nan"}},
    {{"--write-timeout", "1s2"}, {"--write-timeout", "1s2"}},
    {{"--write-timeout", "99999999999999999999"}, {"--write-timeout", "99999999999999999999"}},
    {{"--drain-timeout", "-0.5"}, {"--drain-timeout", "-0.5"}},
    {{"--lame-duck", "-1"}, {"--lame-duck", "-1"}},
    {{"--drain-callers", "soon"}, {"--drain-callers", "soon"}},
    {{"--unix-mode", "8"}, {"--unix-mode", "'8'", "777"}},
    {{"--unix-mode", "1000"}, {"--unix-mode", "1000"}},
    {{"--unix-mode", "-1"}, {"--unix-mode", "-1"}},
    {{"--unix-mode", ""}, {"--unix-mode"}},
    {{"--user", "nobody"}, {"--user", "nobody"}},
    {{"--user", "0"}, {"--user", "'0'"}},
    {{"--user", "1:"}, {"--user"}},
    {{"--user", "1:0"}, {"--user"}},
    {{"--user", "4294967295"}, {"--user", "4294967295"}},
    {{"--user", "-1"}, {"--user", "-1"}},
    {{"--max-connections", "0"}, {"--max-connections", "0"}},
    {{"--max-connections", "4294967296"}, {"--max-connections", "4294967296"}},
    {{"--max-connections", "10,000"}, {"--max-connections", "10,000"}},
    {{"--max-per-address", "-1"}, {"--max-per-address", "-1"}},
    {{"--max-per-address", "1.5"}, {"--max-per-address", "1.5"}},
    {{"--max-per-address", "4294967296"}, {"--max-per-address", "4294967296"}},
    {{"--max-per-address", ""}, {"--max-per-address"}},
    {{"--when-full", "maybe"}, {"--when-full", "maybe", "hold", "busy"}},
    {{"--backlog", "0"}, {"--backlog", "0"}},
    {{"--backlog", "4096x"}, {"--backlog", "4096x"}},
    {{"--backlog", "99999999999"}, {"--backlog", "99999999999"}},
    {{"--log-level", "loud"}, {"--log-level", "loud", "debug"}},
    {{"--greeting", "what\\q"}, {"--greeting"}},
    {{"--greeting", "cut\\x4"}, {"--greeting"}},
    {{"--greeting", "no hex\\xZZ"}, {"--greeting"}},
    {{"--greeting", "dangling\\"}, {"--greeting"}},
    {{"--once=yes"}, {"'--once=yes'", "takes no value"}},
    {{"--trace=1"}, {"--trace"}},
    {{"--frobnicate"}, {"--frobnicate"}},
    {{"--frobnicate", "3"}, {"--frobnicate"}},
    {{"-z"}, {"-z"}},
    {{"8000"}, {"8000"}},
    {{"foo", "--backlog"}, {"'foo'", "--listen"}},
    {{"foo", "--once=3"}, {"'foo'", "--listen"}},
    {{"foo", "--frobnicate"}, {"'foo'", "--listen"}},
    {{"foo", "bar", "-z"}, {"'foo'", "--listen"}},
    {{"--once", "foo", "--backlog"}, {"'foo'", "--listen"}},
    {{"--once", "--", "foo"}, {"'foo'", "--listen"}},
    {{"--once", "--backlog"}, {"'--backlog'", "value"}},
    {{"--once", "-w"}, {"'-w'", "value"}},
    {{"-w", "2", "-z"}, {"'-z'"}},
    {{"--listen"}, {"--listen"}},
    {{"--listen", ""}, {"--listen"}},
    {{"--listen", "65536"}, {"65536"}},
    {{"--listen", "-1"}, {"-1"}},
    {{"--listen", "127.0.0.1"}, {"127.0.0.1"}},
    {{"--listen", "127.0.0.1:"}, {"127.0.0.1:"}},
    {{"--listen", "127.0.0.1:http"}, {"127.0.0.1:http"}},
    {{"--listen", "127.0.0.1:80 "}, {"127.0.0.1:80 "}},
    {{"--listen", "127.0.0.1:4294967376"}, {"127.0.0.1:4294967376"}},
    {{"--listen", "[::1:0"}, {"[::1:0"}},
    {{"--listen", "::1:0"}, {"::1:0"}},
    {{"--listen", "127.0.0.1:0=fax"}, {"fax"}},
    {{"--listen", "127.0.0.1:0="}, {"127.0.0.1:0="}},
    {{"--listen", "unix:"}, {"unix:"}},
    {{"--listen", kLongPath}, {kLongPath}},
};

TEST_CASE("AnswersWrongUsageWithOneSentenceAndStatus2") {
  for (const WrongUsage& wrong : kWrongUsages) {
    std::string line;
    for (const std::string& word : wrong.options) line += " '" + word + "'";
    INFO("switchboard" << line);
    ServerProcess::Options options = wrong.options;
    // So that a server that takes the option after all is not in anybody's way.
    if (options[0] != "--listen") options.insert(options.begin(), {"--listen", "127.0.0.1:0"});
    CheckOneSentence(RunToEnd(options), 2, wrong.named);
  }
}

TEST_CASE("AnswersAPortInUseWithOneSentenceAndStatus1") {
  ServerProcess first;
  const std::string address = first.Address();
  CheckOneSentence(RunToEnd({"--listen", address}), 1, {address});
  Client caller(address);
  CHECK(caller.Receive(18) == "hello from server\n");
}

TEST_CASE("AnswersAnAddressThatTheMachineHasNotWithStatus1") {
  CheckOneSentence(RunToEnd({"--listen", "192.0.2.1:0"}), 1, {"192.0.2.1"});
}

TEST_CASE("AnswersAFolderThatDoesNotExistWithStatus1") {
  const std::string address = "unix:/proc/no-such-folder/echo";
  CheckOneSentence(RunToEnd({"--listen", address}), 1, {address});
}

TEST_CASE("AnswersTooFewThreadsWithStatus1") {
  if (kSanitized) {
    MESSAGE("left out: a sanitizer needs more address space than this leaves");
    return;
  }
  // Too little address space for the stacks stops even the superuser's threads.
  Spawn small;
  small.wrapper = {"prlimit", "--as=50000000"};
  const Finished run = RunToEnd({"--listen", "127.0.0.1:0", "--workers", "1024"}, small);
  CheckOneSentence(run, 1, {"workers"});
}

TEST_CASE("LeavesNothingListeningWhenALaterAddressFails") {
  TempFolder folder;
  const std::string path = folder / "left.sock";
  const Finished run = RunToEnd({"--listen", "unix:" + path, "--listen", "192.0.2.1:0"});
  CheckOneSentence(run, 1, {"192.0.2.1"});
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("PrintsItsVersion") {
  const Finished run = RunToEnd({"--version"});
  CHECK(run.status == 0);
  CHECK(run.out == "switchboard " SWITCHBOARD_VERSION "\n");
  CHECK(run.err == "");
}

TEST_CASE("WarnsOfABacklogBeyondTheKernels") {
  ServerProcess server({"--backlog", "1000000000"});
  CHECK(server.Err().find("somaxconn") != std::string::npos);
  CHECK(server.Err().find("level=warn") != std::string::npos);
  CHECK(server.Err().find("sysctl -w net.core.somaxconn=1000000000") != std::string::npos);
  Client caller(server.Address());
  CHECK(caller.Receive(18) == "hello from server\n");
}

}  // namespace
}  // namespace switchboard::test
