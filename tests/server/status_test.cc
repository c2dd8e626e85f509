// The status port from outside: what it answers, whom it refuses, and that it neither disturbs the
// server nor needs it to be well.

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/files.h"
#include "tests/support/http.h"
#include "tests/support/proc.h"
#include "tests/support/server_process.h"
#include "tests/support/strace.h"

namespace switchboard::test {
namespace {

struct Watched {
  explicit Watched(ServerProcess::Options options = {}, const Spawn& spawn = {})
      : server(WithStatus(std::move(options)), spawn), status(StatusAddress(server)) {}

  static ServerProcess::Options WithStatus(ServerProcess::Options options) {
    for (const char* each : {"--listen", "127.0.0.1:0", "--greeting", "", "--status", "127.0.0.1:0",
                             "--status-host", "prometheus.example"}) {
      options.emplace_back(each);
    }
    return options;
  }

  ServerProcess server;
  const std::string status;
};

constexpr const char* kHost = "Host: localhost\r\n";

TEST_CASE("AnswersEachPath") {
  const Watched watched;
  CHECK(Get(watched.status, "/healthz").body == "ok\n");
  CHECK(Get(watched.status, "/readyz").body == "ready\n");
  CHECK(Get(watched.status, "/readyz?not-ready=404").status == 200);
  CHECK(Get(watched.status, "/metrics").Field("Content-Type") ==
        "text/plain; version=0.0.4; charset=utf-8");
  CHECK(Get(watched.status, "/status.json").Field("Content-Type") == "application/json");
  CHECK(Get(watched.status, "/").Field("Content-Type") == "text/html; charset=utf-8");
  CHECK(Get(watched.status, "/?a=b").status == 200);
  CHECK(Ask(watched.status, "GET http://localhost/healthz HTTP/1.1\r\nHost: x.example\r\n\r\n")
            .status == 200);
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/status.json", "/", "/nothing"}) {
    CAPTURE(path);
    const HttpAnswer answer = Get(watched.status, path);
    CHECK(answer.status == (std::string(path) == "/nothing" ? 404 : 200));
    CHECK(answer.Field("Content-Length") == std::to_string(answer.body.size()));
    CHECK(answer.Field("Connection") == "close");
    CHECK(answer.Field("Cache-Control") == "no-store");
    CHECK(answer.Field("X-Content-Type-Options") == "nosniff");
    CHECK(answer.Field("Content-Security-Policy").starts_with("default-src 'none'"));
    CHECK(answer.Field("Access-Control-Allow-Origin").empty());
    const HttpAnswer head =
        Ask(watched.status, std::string("HEAD ") + path + " HTTP/1.1\r\n" + kHost + "\r\n");
    CHECK(head.status == answer.status);
    CHECK(head.body.empty());
    CHECK(!head.Field("Content-Length").empty());
  }
}

TEST_CASE("RefusesWhatIsNoRequestOfItsOwn") {
  const Watched watched;
  const std::string host(kHost);
  const struct {
    std::string bytes;
    int status;
  } kRequests[] = {
      {"GET /healthz HTTP/1.0\r\n\r\n", 200},
      {"GET /healthz HTTP/1.0\n\n", 200},
      {"\r\nGET /healthz HTTP/1.0\r\n\r\n", 200},
      {"GET /healthz HTTP/1.1\r\n\r\n", 400},
      {"GET /healthz HTTP/1.1\r\n" + host + host + "\r\n", 400},
      {"GET /healthz\r\n\r\n", 400},
      {"GET  /healthz HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /health z HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET healthz HTTP/1.1\r\n" + host + "\r\n", 400},
      {"G@T /healthz HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /healthz HTTP/1.1x\r\n" + host + "\r\n", 400},
      {"GET /healthz http/1.1\r\n" + host + "\r\n", 400},
      {"GET /health\tz HTTP/1.1\r\n" + host + "\r\n", 400},
      {std::string("GET /\0 HTTP/1.1\r\n", 18) + host + "\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "No colon\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "Blank : before\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "A: b\r\n folded\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "A: b\rc\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: localhost:80a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"\x16\x03\x01\x02\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403},
      {"GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 403},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 403},
      {"GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n", 403},
      {"GET http://evil.example/ HTTP/1.1\r\n" + host + "\r\n", 403},
      {"GET / HTTP/1.1\r\nHost: Prometheus.Example:9100\r\n\r\n", 200},
      {"GET / HTTP/1.1\r\nHOST:   127.0.0.1:9100  \r\n\r\n", 200},
      {"GET / HTTP/1.1\r\nHost: [::1]:9100\r\n\r\n", 200},
      {"GET / HTTP/1.7\r\n" + host + "\r\n", 200},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc", 405},
      {"OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 405},
      {"get / HTTP/1.1\r\n" + host + "\r\n", 405},
      {"GET /" + std::string(1100, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
      {"GET /" + std::string(5000, 'a'), 414},
      {"GET / HTTP/1.1\r\n" + host + "A: " + std::string(5000, 'a'), 431},
      {"\r\nGET / HTTP/1.1\r\n" + host + "A: " + std::string(5000, 'a'), 431},
      {"\nGET / HTTP/1.1\r\n" + std::string(4079, 'a'), 431},  // 4,096 bytes
      {"\n\nGET /" + std::string(4089, 'a'), 414},
      {std::string(4096, '\n'), 431},
      {std::string(5000, '\n'), 431},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET / HTTP/2.0\r\n" + host + "\r\n", 505},
  };
  for (const auto& [request, status] : kRequests) {
    const std::string& bytes = request;
    CAPTURE(bytes);
    const HttpAnswer answer = Ask(watched.status, bytes);
    CHECK(answer.status == status);
    CHECK(answer.Field("Allow") == (status == 405 ? "GET, HEAD" : ""));
    if (status != 200) CHECK(answer.body.size() > 10);
  }
}

TEST_CASE("TakesARequestInPieces") {
  const Watched watched;
  Client client(watched.status);
  for (const char c : std::string("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
    REQUIRE(client.Send(std::string(1, c)) == 1);
  }
  CHECK(ParseAnswer(client.ReceiveUntilEof()).body == "ready\n");
}

TEST_CASE("WaitsOnlySoLongForARequest") {
  const Watched watched;
  Client silent(watched.status), half(watched.status);
  REQUIRE(half.Send("GET / HTTP/1.1\r\n") == 16);
  CHECK(ParseAnswer(silent.ReceiveUntilEof()).status == 408);
  CHECK(ParseAnswer(half.ReceiveUntilEof()).status == 408);
}

TEST_CASE("RefusesMoreThanSixteenAtOnce") {
  const Watched watched;
  std::vector<std::unique_ptr<Client>> others;
  for (int i = 0; i < 16; ++i) others.push_back(std::make_unique<Client>(watched.status));
  CHECK(ParseAnswer(Client(watched.status).ReceiveUntilEof()).status == 503);
  others.clear();
  CHECK(WaitFor([&] { return Get(watched.status, "/readyz").status == 200; }));
}

TEST_CASE("AThousandSlowClientsDoNotDisturbTheEcho") {
  const Watched watched;
  const int64_t descriptors = DescriptorCount(watched.server.pid());
  Client caller(watched.server.Address());
  REQUIRE(caller.Echo("before") == "before");
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 1000; ++i) {
    slow.push_back(std::make_unique<Client>(watched.status));
    (void)slow.back()->SendSome("GET / HT");
    if (i % 50 == 0) REQUIRE(caller.Echo("meanwhile") == "meanwhile");
  }
  CHECK(caller.Echo("after") == "after");
  CHECK(DescriptorCount(watched.server.pid()) <= descriptors + 2);  // the caller, and none of them
  slow.clear();
  CHECK(WaitFor([&] { return Get(watched.status, "/readyz").status == 200; }));
}

// Callers have taken every descriptor, and more wait.
TEST_CASE("CallersCannotTakeItsDescriptors") {
  Spawn few;
  few.wrapper = {"prlimit", "--nofile=90"};
  Watched watched({"--max-connections", "1000"}, few);
  // UBSan needs descriptors to look at the type of an object for the first time.
  for (const char* path : {"/healthz", "/metrics"})
    REQUIRE(Get(watched.status, path).status == 200);
  std::vector<std::unique_ptr<Client>> callers;
  for (int i = 0; i < 100; ++i) {
    callers.push_back(std::make_unique<Client>(watched.server.Address()));
  }
  REQUIRE(watched.server.Reaches("accept_paused", 1));
  for (int i = 0; i < 20; ++i) CHECK(Get(watched.status, "/healthz").status == 200);
  const std::string metrics = Get(watched.status, "/metrics").body;
  CHECK(metrics.find("switchboard_accept_paused 1\n") != std::string::npos);
  CHECK(metrics.find("accept_pauses_total{cause=\"descriptors\"} 1\n") != std::string::npos);
}

TEST_CASE("AnswersWhileTheReactorIsHeld") {
  const Watched watched;
  REQUIRE(Get(watched.status, "/healthz").status == 200);
  {
    Strace held(watched.server.pid(), {"--inject=epoll_wait,epoll_pwait:delay_exit=600000000"});
    if (!held.Attached()) {
      MESSAGE("left out: this machine does not permit strace");
      return;
    }
    // The wait in which strace found the reactor may still end in time.
    HttpAnswer health;
    CHECK(WaitFor([&] {
      health = Get(watched.status, "/healthz");
      return health.status == 503;
    }));
    CHECK(health.body.starts_with("reactor: no round for 2."));
    CHECK(Get(watched.status, "/healthz").status == 503);
    CHECK(Get(watched.status, "/readyz").status == 200);
    CHECK(Get(watched.status, "/metrics").status == 200);
    CHECK(Get(watched.status, "/").status == 200);
  }
  CHECK(WaitFor([&] { return Get(watched.status, "/healthz").status == 200; }));
}

TEST_CASE("SaysThatItDrains") {
  Watched watched({"--drain-timeout", "60"});
  Client caller(watched.server.Address(), 4096);
  const std::string much = RandomBytes(8 << 20, 1);
  REQUIRE(caller.SendSome(much) > 0);
  REQUIRE(watched.server.Reaches("bytes_in", 1));
  watched.server.Signal(SIGTERM);
  CHECK(WaitFor([&] { return Get(watched.status, "/readyz").body == "draining\n"; }));
  CHECK(Get(watched.status, "/readyz").status == 503);
  CHECK(Get(watched.status, "/readyz?not-ready=404").status == 404);
  CHECK(Get(watched.status, "/readyz?not-ready=404").body == "draining\n");
  CHECK(Get(watched.status, "/healthz").status == 200);
  const std::string metrics = Get(watched.status, "/metrics").body;
  CHECK(metrics.find("switchboard_ready 0\n") != std::string::npos);
  CHECK(metrics.find("switchboard_draining 1\n") != std::string::npos);
  caller.Reset();
  CHECK(watched.server.WaitForExit() == 0);
}

TEST_CASE("ListensAtAUnixSocket") {
  const TempFolder folder;
  const std::string path = folder / "status";
  {
    ServerProcess server({"--listen", "127.0.0.1:0", "--status", "unix:" + path});
    CHECK(StatusAddress(server) == "unix:" + path);
    CHECK(Get("unix:" + path, "/readyz").body == "ready\n");
    server.Drain();
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("ABarePortIsThisMachinesAlone") {
  ServerProcess server({"--listen", "127.0.0.1:0", "--status", "0"});
  CHECK(StatusAddress(server).starts_with("127.0.0.1:"));
}

TEST_CASE("AnAddressThatCannotBeHadIsOneSentence") {
  const Watched watched;
  const Finished taken = RunToEnd({"--listen=127.0.0.1:0", "--status=" + watched.status});
  CHECK(taken.status == 1);
  CHECK(taken.err == "switchboard: cannot listen at " + watched.status +
                         ": Address already in use; stop the program that listens there or choose "
                         "another with --status\n");
  CHECK(RunToEnd({"--status=port"}).status == 2);
  CHECK(RunToEnd({"--status-host=a:1"}).status == 2);
}

}  // namespace
}  // namespace switchboard::test
