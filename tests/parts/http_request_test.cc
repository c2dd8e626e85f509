// Requests to the status port as bytes: what is asked, what is not whole yet, and what is refused.

#include "src/status/http_request.h"

#include <doctest/doctest.h>

#include <string>

namespace switchboard::status {
namespace {

constexpr const char* kHost = "Host: localhost\r\n";

Request Parse(std::string_view bytes) { return ParseRequest(bytes, {"bank.example", "other"}); }

int RefusalOf(const std::string& bytes) {
  const Request request = Parse(bytes);
  REQUIRE(request.complete);
  return request.refusal;
}

int RefusalOfTarget(const std::string& target) {
  return RefusalOf("GET " + target + " HTTP/1.1\r\n" + kHost + "\r\n");
}

int RefusalOfHost(const std::string& value) {
  return RefusalOf("GET / HTTP/1.1\r\nHost:" + value + "\r\n\r\n");
}

TEST_CASE("TakesPathAndQueryApart") {
  struct Case {
    std::string target, path, query;
  };
  const Case cases[] = {{"/", "/", ""},
                        {"/readyz", "/readyz", ""},
                        {"/readyz?", "/readyz", ""},
                        {"/readyz?not-ready=404", "/readyz", "not-ready=404"},
                        {"/a?b?c", "/a", "b?c"},
                        {"/?/", "/", "/"},
                        {"http://localhost/a?b", "/a", "b"},
                        {"HTTP://Localhost:80", "/", ""},
                        {"http://[::1]:9100/", "/", ""}};
  for (const Case& each : cases) {
    CAPTURE(each.target);
    const std::string bytes = "HEAD " + each.target + " HTTP/1.1\r\n" + kHost + "\r\n";
    const Request request = Parse(bytes);
    REQUIRE(request.complete);
    CHECK(request.refusal == 0);
    CHECK(request.head_only);
    CHECK(request.path == each.path);
    CHECK(request.query == each.query);
  }
  CHECK_FALSE(Parse("GET / HTTP/1.0\r\n\r\n").head_only);
}

TEST_CASE("IsNotWholeBeforeTheEmptyLine") {
  for (const std::string line_end : {"\r\n", "\n"}) {
    const std::string bytes =
        line_end + line_end + "GET / HTTP/1.1" + line_end + "Host: localhost" + line_end + line_end;
    for (size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(Parse(bytes.substr(0, size)).complete);
    }
    CHECK(RefusalOf(bytes) == 0);
    CHECK(RefusalOf(bytes + "GET /next HTTP/9") == 0);
  }
}

TEST_CASE("TheRequestLineHasThreeWords") {
  CHECK(RefusalOf("GET / HTTP/1.0\r\n\r\n") == 0);
  for (const std::string line : {
           "GET",
           "GET /",
           " / HTTP/1.0",
           "GET  HTTP/1.0",
           "GET / / HTTP/1.0",
           "GET /\t/ HTTP/1.0",
           "GET /\x7f HTTP/1.0",
           "G(T / HTTP/1.0",
           "GET / HTTP/1.00",
           "GET / HTTP/1.",
           "GET / HTTPS1.0",
           "GET / HTTP/x.0",
           "GET / HTTP/1.x",
           "GET / HTTP/1:0",
           "GET / HTTP//.0",
       }) {
    CAPTURE(line);
    CHECK(RefusalOf(line + "\r\n\r\n") == 400);
  }
  CHECK(RefusalOf("GET / HTTP/0.9\r\n\r\n") == 505);
  CHECK(RefusalOf("GET / HTTP/2.0\r\n\r\n") == 505);
}

TEST_CASE("ATargetIsAPathOrAnHttpAddress") {
  CHECK(RefusalOfTarget("*") == 400);
  CHECK(RefusalOfTarget("path") == 400);
  CHECK(RefusalOfTarget("http:/localhost/") == 400);
  CHECK(RefusalOfTarget("https://localhost/") == 400);
  CHECK(RefusalOfTarget("http://localhost?query") == 400);
  CHECK(RefusalOfTarget("http://elsewhere.example/") == 403);
  CHECK(RefusalOfTarget("http:///") == 403);
  CHECK(RefusalOfTarget("/" + std::string(kMostTargetBytes - 1, 'a')) == 0);
  CHECK(RefusalOfTarget("/" + std::string(kMostTargetBytes, 'a')) == 414);
}

TEST_CASE("OnlyGetAndHeadAreUnderstood") {
  for (const std::string method : {"POST", "get", "PUT", "OPTIONS", "M-SEARCH"}) {
    CAPTURE(method);
    CHECK(RefusalOf(method + " / HTTP/1.0\r\n\r\n") == 405);
  }
  CHECK(RefusalOf("OPTIONS * HTTP/1.0\r\n\r\n") == 405);
}

TEST_CASE("AFieldIsANameAndAValue") {
  const std::string begin = std::string("GET / HTTP/1.1\r\n") + kHost;
  for (const std::string field :
       {"A: b", "A:b", "A:", "A: \t ", "!#$%&'*+-.^_`|~9: x", "A: b\tc"}) {
    CAPTURE(field);
    CHECK(RefusalOf(begin + field + "\r\n\r\n") == 0);
  }
  for (const std::string field : {"A", ": b", "A : b", " folded", "A: b\x01", "A: \x7f", "(: b"}) {
    CAPTURE(field);
    CHECK(RefusalOf(begin + field + "\r\n\r\n") == 400);
  }
}

// Against pages from elsewhere whose name is made to lead here.
TEST_CASE("AHostIsANumberLocalhostOrOneThatIsKnown") {
  for (const std::string host :
       {"127.0.0.1", "10.1.2.3:80", "[::1]", "[::1]:80", "[::ffff:1.2.3.4]", "LocalHost",
        "localhost:", "bank.example:9100", "OTHER"}) {
    CAPTURE(host);
    CHECK(RefusalOfHost(host) == 0);
  }
  for (const std::string host :
       {"evil.example", "bank.example.evil", "bank", "1.2.3", "", ":80", "a_b"}) {
    CAPTURE(host);
    CHECK(RefusalOfHost(host) == 403);
  }
  for (const std::string host : {"[::1", "[::1]x", "[::1]:x", "[]", "[127.0.0.1]", "[bank.example]",
                                 "a:b", "a b", "a/b", "::1"}) {
    CAPTURE(host);
    CHECK(RefusalOfHost(host) == 400);
  }
  CHECK(RefusalOfHost(std::string(253, 'a')) == 403);
  CHECK(RefusalOfHost(std::string(254, 'a')) == 400);
  CHECK(RefusalOf("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(RefusalOf(std::string("GET / HTTP/1.1\r\n") + kHost + kHost + "\r\n") == 400);
}

TEST_CASE("AHeadThatIsTooLongIsRefusedBeforeItIsWhole") {
  const std::string line = "GET / HTTP/1.1\r\n";
  CHECK_FALSE(Parse(line + std::string(kMostHeadBytes - line.size() - 1, 'a')).complete);
  CHECK(RefusalOf(line + std::string(kMostHeadBytes - line.size(), 'a')) == 431);
  CHECK(RefusalOf("GET /" + std::string(kMostHeadBytes, 'a')) == 414);
}

// Whoever reads has room for so many bytes, whatever they are.
TEST_CASE("EmptyLinesBeforeAHeadAreAPartOfItsSize") {
  for (const std::string line_end : {"\r\n", "\n"}) {
    std::string head = line_end + "GET / HTTP/1.1" + line_end, target = line_end + "GET /", nothing;
    head.resize(kMostHeadBytes, 'a');
    target.resize(kMostHeadBytes, 'a');
    while (nothing.size() < kMostHeadBytes) nothing += line_end;
    for (const std::string& bytes : {head, target, nothing}) {
      CAPTURE(bytes);
      CHECK_FALSE(Parse(bytes.substr(0, kMostHeadBytes - 1)).complete);
      CHECK(RefusalOf(bytes) == (bytes == target ? 414 : 431));
    }
  }
}

TEST_CASE("AHostNameIsLettersDigitsDotsHyphensAndUnderscores") {
  for (const char* name : {"a", "A-1.b_c", "9"}) CHECK(IsHostName(name));
  for (const char* name : {"", "a:1", "a b", "ä", "*"}) CHECK_FALSE(IsHostName(name));
  CHECK(IsHostName(std::string(253, 'a')));
  CHECK_FALSE(IsHostName(std::string(254, 'a')));
}

}  // namespace
}  // namespace switchboard::status
