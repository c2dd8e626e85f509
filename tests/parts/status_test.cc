// The status port from inside: what it says before there is a server, and hashes.

#include <doctest/doctest.h>

#include <string>

#include "src/status/sha256.h"
#include "src/status/status_listener.h"
#include "src/status/status_port.h"
#include "tests/support/http.h"

namespace switchboard::test {
namespace {

TEST_CASE("SaysThatAServerIsStarting") {
  const auto listener = status::ListenForStatus("0");
  const std::string address = listener->address().ToString();
  status::StatusPort port(listener->fd(), {});
  CHECK(Get(address, "/readyz").status == 503);
  CHECK(Get(address, "/readyz").body == "starting\n");
  CHECK(Get(address, "/healthz").status == 200);
  CHECK(Get(address, "/metrics").body.find("switchboard_ready 0\n") != std::string::npos);
  CHECK(Get(address, "/").status == 200);
  CHECK(Get(address, "/status.json").body.starts_with("{\"version\":\""));
}

// Of the standard, and one whose padding needs a block of its own; by openssl(1).
TEST_CASE("HashesAsTheStandardSays") {
  CHECK(status::Sha256Base64("") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  CHECK(status::Sha256Base64("abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  CHECK(status::Sha256Base64("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
}

}  // namespace
}  // namespace switchboard::test
