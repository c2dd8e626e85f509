#include "tests/support/http.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/support/client.h"

namespace switchboard::test {

std::string HttpAnswer::Field(std::string_view name) const {
  const size_t found = head.find("\r\n" + std::string(name) + ": ");
  if (found == std::string::npos) return "";
  const size_t begin = found + 2 + name.size() + 2;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string StatusAddress(const ServerProcess& server) {
  constexpr std::string_view kBefore = "status at ";
  std::string line;
  const bool said = WaitFor([&] {
    for (const std::string& each : SplitLines(server.Out())) {
      if (each.starts_with(kBefore)) line = each.substr(kBefore.size());
    }
    return !line.empty();
  });
  REQUIRE(said);
  if (!line.starts_with("http://")) return line;
  return line.substr(7, line.size() - 8);
}

HttpAnswer ParseAnswer(const std::string& bytes) {
  HttpAnswer answer;
  const size_t end = bytes.find("\r\n\r\n");
  if (!bytes.starts_with("HTTP/1.1 ") || end == std::string::npos) return answer;
  answer.status = std::atoi(bytes.c_str() + 9);
  answer.head = bytes.substr(0, end + 2);
  answer.body = bytes.substr(end + 4);
  return answer;
}

HttpAnswer Ask(const std::string& address, std::string_view bytes) {
  Client client(address);
  (void)client.Send(bytes);
  return ParseAnswer(client.ReceiveUntilEof());
}

HttpAnswer Get(const std::string& address, const std::string& path) {
  return Ask(address, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

double Figure(const std::string& metrics, const std::string& name) {
  const size_t found = metrics.find('\n' + name + ' ');
  REQUIRE(found != std::string::npos);
  return std::strtod(metrics.c_str() + found + name.size() + 2, nullptr);
}

}  // namespace switchboard::test
