// What the status port answers. Pure functions, any thread.

#ifndef SWITCHBOARD_SRC_STATUS_RESPONSE_H_
#define SWITCHBOARD_SRC_STATUS_RESPONSE_H_

#include <string>

namespace switchboard::status {

struct Response {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body{};
  std::string policy = "default-src 'none'; frame-ancestors 'none'";  // Content-Security-Policy
};

// A page of one sentence: what is wrong, and the way out.
Response Refusal(int status);

// The bytes to send: with `head_only`, all but the body.
std::string ToBytes(const Response& response, bool head_only);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_RESPONSE_H_
