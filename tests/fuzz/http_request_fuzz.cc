// Requests to the status port: whatever comes is either not whole yet, refused, or a path of the
// request; and more bytes never change what has been decided.

#include <string>
#include <string_view>

#include "src/status/http_request.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace switchboard::test;
  using switchboard::status::Request;
  const std::string_view bytes = TextOf(data, std::min<size_t>(size, 8192));
  bool decided = false;
  for (size_t end = 0; end <= bytes.size(); ++end) {
    const std::string_view some = bytes.substr(0, end);
    const Request request = switchboard::status::ParseRequest(some, {"name.example"});
    Require(!decided || request.complete, "a whole request is not whole any more");
    decided = request.complete;
    if (!decided) continue;
    if (request.refusal == 0) {
      Require(request.path.starts_with('/'), "a path that is none");
      Require(some.find(request.path) != std::string_view::npos, "a path from nowhere");
    } else {
      Require(request.refusal >= 400 && request.refusal <= 505, "a refusal that is none");
    }
    break;
  }
  return 0;
}
