// Requests to the status port of a server. Any thread.

#ifndef SWITCHBOARD_TESTS_SUPPORT_HTTP_H_
#define SWITCHBOARD_TESTS_SUPPORT_HTTP_H_

#include <string>
#include <string_view>

#include "tests/support/server_process.h"

namespace switchboard::test {

struct HttpAnswer {
  int status = 0;  // 0: none has come
  std::string head;
  std::string body;

  // The value of a field; empty if there is none.
  std::string Field(std::string_view name) const;
};

// What the server said its status port's address is, "127.0.0.1:9100"; the test fails if it does
// not come to say any.
std::string StatusAddress(const ServerProcess& server);

// Sends these bytes and reads until the end of the connection.
HttpAnswer Ask(const std::string& address, std::string_view bytes);
// GET of `path`, HTTP/1.1.
HttpAnswer Get(const std::string& address, const std::string& path);
HttpAnswer ParseAnswer(const std::string& bytes);
// The value of a series of /metrics; the running test fails if there is none.
double Figure(const std::string& metrics, const std::string& name);

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_HTTP_H_
