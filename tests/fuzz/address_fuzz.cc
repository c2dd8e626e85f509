// The address of a --listen: it is refused with a sentence that names it, or what it says can be
// printed and read again.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "src/linux/address.h"
#include "tests/fuzz/fuzz.h"

namespace switchboard::test {
namespace {

// What `endpoint` stands for, if no name server must be asked.
std::optional<sys::Address> AddressOf(const sys::Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return sys::Address::Unix(endpoint.unix_path);
  const std::optional<sys::Address> numeric = sys::NumericAddress(endpoint.host);
  return numeric ? numeric->WithPort(endpoint.port) : numeric;
}

void CheckAddress(const std::string& text) {
  sys::Endpoint endpoint;
  try {
    endpoint = sys::ParseEndpoint(text);
  } catch (const std::invalid_argument& error) {
    Require(std::string_view(error.what()).find(text) != std::string_view::npos,
            std::string("the sentence does not name the address: ") + error.what());
    return;
  }
  const std::optional<sys::Address> address = AddressOf(endpoint);
  if (!address) return;
  const std::string printed = address->ToString();
  const std::optional<sys::Address> again = AddressOf(sys::ParseEndpoint(printed));
  Require(again.has_value(), printed + " cannot be read again");
  Require(again->ToString() == printed, printed + " becomes " + again->ToString());
  Require(again->port() == endpoint.port, printed + " has another port");
}

}  // namespace
}  // namespace switchboard::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace switchboard::test;
  const std::string_view text = TextOf(data, size);
  CheckAddress(std::string(text.substr(0, text.find('\0'))));  // as an argument ends there
  return 0;
}
