// The head of an HTTP request: GET and HEAD of HTTP/1.0 and 1.1 (RFC 9112), and no more of it than
// the status port needs. A body is nobody's business here: the connection ends with the response.
//
// Pure functions, any thread.

#ifndef SWITCHBOARD_SRC_STATUS_HTTP_REQUEST_H_
#define SWITCHBOARD_SRC_STATUS_HTTP_REQUEST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::status {

inline constexpr size_t kMostHeadBytes = 4096;
inline constexpr size_t kMostTargetBytes = 1024;

struct Request {
  bool complete = false;  // else more bytes are needed, and nothing else here means anything
  int refusal = 0;        // the HTTP status that says what is wrong with it; 0: nothing is
  bool head_only = false;
  std::string_view path;  // of the bytes that were parsed, without the query
  std::string_view query;
};

// Reads what has come so far. `host_names` are allowed in Host beside numeric addresses and
// localhost: a page from elsewhere whose name is made to lead here (DNS rebinding) has none of
// these.
Request ParseRequest(std::string_view bytes, const std::vector<std::string>& host_names);

// Whether `text` may be given as a name: letters, digits, dots, hyphens and underscores.
bool IsHostName(std::string_view text);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_HTTP_REQUEST_H_
