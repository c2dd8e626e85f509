#include "src/status/response.h"

#include <algorithm>
#include <iterator>

namespace switchboard::status {
namespace {

struct Known {
  int status;
  const char* phrase;
  const char* sentence;  // for a refusal
};

constexpr Known kKnown[] = {
    {200, "OK", ""},
    {400, "Bad Request", "this is no HTTP/1.0 or HTTP/1.1 request"},
    {403, "Forbidden",
     "the name in Host is not allowed here; call by address, or start the server with "
     "--status-host NAME"},
    {404, "Not Found", "there are /, /healthz, /readyz, /metrics and /status.json"},
    {405, "Method Not Allowed", "only GET and HEAD are understood"},
    {408, "Request Timeout", "the request was not whole within 5 seconds"},
    {414, "URI Too Long", "the target is longer than 1024 bytes"},
    {431, "Request Header Fields Too Large", "the head is longer than 4096 bytes"},
    {503, "Service Unavailable", "16 others are being answered; try again"},
    {505, "HTTP Version Not Supported", "only HTTP/1.0 and HTTP/1.1 are understood"},
};

const Known& Find(int status) {
  const auto found = std::ranges::find(kKnown, status, &Known::status);
  return found == std::end(kKnown) ? kKnown[1] : *found;
}

}  // namespace

Response Refusal(int status) {
  return {.status = status, .body = std::string(Find(status).sentence) + "\n"};
}

std::string ToBytes(const Response& response, bool head_only) {
  std::string bytes = "HTTP/1.1 " + std::to_string(response.status) + ' ' +
                      Find(response.status).phrase + "\r\nContent-Type: " + response.type +
                      "\r\nContent-Length: " + std::to_string(response.body.size()) +
                      "\r\nConnection: close\r\nCache-Control: no-store"
                      "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer"
                      "\r\nContent-Security-Policy: " +
                      response.policy + "\r\n";
  if (response.status == 405) bytes += "Allow: GET, HEAD\r\n";
  bytes += "\r\n";
  return head_only ? bytes : bytes + response.body;
}

}  // namespace switchboard::status
