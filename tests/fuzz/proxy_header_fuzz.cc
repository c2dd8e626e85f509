// The header of a proxy: any bytes are one, may become one, or are none, and that does not depend
// on how many of them have come, nor on what follows.

#include <string>
#include <string_view>

#include "src/proxy/header.h"
#include "tests/fuzz/fuzz.h"

namespace switchboard::test {
namespace {

using Status = ProxyHeader::Status;

std::string CallerOf(const ProxyHeader& header) {
  return header.caller ? header.caller->ToString() : "";
}

void RequireTheSame(const ProxyHeader& a, const ProxyHeader& b, const char* where) {
  const bool same = a.status == b.status && a.size == b.size && a.local == b.local &&
                    a.version == b.version && CallerOf(a) == CallerOf(b);
  Require(same, std::string("another header ") + where);
}

void CheckHeader(const std::string& bytes) {
  const ProxyHeader header = ParseProxyHeader(bytes);
  if (header.status == Status::kIncomplete) {
    Require(bytes.size() < kMaxProxyHeaderBytes, "waits for more than a header may have");
  } else {
    RequireTheSame(header, ParseProxyHeader(bytes + "PROXY"), "with more behind it");
  }
  if (header.status == Status::kWhole) {
    Require(header.size > 0 && header.size <= bytes.size(), "its size is not there");
    Require(!header.local || !header.caller, "a check has a caller");
    RequireTheSame(header, ParseProxyHeader(bytes.substr(0, header.size)), "alone");
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    const ProxyHeader begun = ParseProxyHeader(std::string_view(bytes).substr(0, size));
    if (begun.status == Status::kIncomplete) continue;
    RequireTheSame(begun, header, "by its beginning");
    break;
  }
}

}  // namespace
}  // namespace switchboard::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace switchboard::test;
  CheckHeader(std::string(TextOf(data, size)));
  return 0;
}
