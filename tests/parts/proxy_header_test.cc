// What the header of a proxy says, whole, piece by piece, and with what follows it.

#include <doctest/doctest.h>

#include <string>

#include "src/connection/caller_addresses.h"
#include "src/proxy/header.h"
#include "src/proxy/trusted_peers.h"
#include "tests/support/proxy_headers.h"

namespace switchboard::test {
namespace {

using Status = ProxyHeader::Status;

void CheckMeaning(const SampleHeader& sample, const ProxyHeader& header) {
  const bool malformed = sample.is == SampleHeader::Is::kMalformed;
  CHECK(header.status == (malformed ? Status::kMalformed : Status::kWhole));
  if (malformed) return;
  CHECK(header.size == sample.bytes.size());
  CHECK(header.version == (sample.bytes.starts_with('P') ? 1 : 2));
  CHECK(header.local == (sample.is == SampleHeader::Is::kCheck));
  CHECK((header.caller ? header.caller->ToString() : "") == sample.caller);
}

TEST_CASE("ReadsHeadersThatAreWhole") {
  REQUIRE(SampleHeaders().size() >= 40);
  for (const SampleHeader& sample : SampleHeaders()) {
    CAPTURE(sample.name);
    CheckMeaning(sample, ParseProxyHeader(sample.bytes));
  }
}

// Each beginning is undecided or already wrong, and stays wrong.
TEST_CASE("WaitsForHeadersThatComeByteByByte") {
  for (const SampleHeader& sample : SampleHeaders()) {
    CAPTURE(sample.name);
    bool malformed = false;
    for (size_t size = 0; size < sample.bytes.size(); ++size) {
      const Status status = ParseProxyHeader(sample.bytes.substr(0, size)).status;
      CHECK(status != Status::kWhole);
      CHECK((!malformed || status == Status::kMalformed));
      malformed = status == Status::kMalformed;
    }
    CHECK((!malformed || sample.is == SampleHeader::Is::kMalformed));
  }
}

// A second header is what the caller says.
TEST_CASE("LeavesWhatFollowsAHeader") {
  for (const SampleHeader& sample : SampleHeaders()) {
    CAPTURE(sample.name);
    for (const std::string& data : {std::string("hello"), sample.bytes, std::string(9000, '\n')}) {
      CheckMeaning(sample, ParseProxyHeader(sample.bytes + data));
    }
  }
}

sys::Address At(const std::string& host) { return sys::NumericAddress(host).value(); }

bool Trusts(std::vector<std::string> networks, const std::string& host) {
  return TrustedPeers(networks).Contains(At(host));
}

TEST_CASE("TrustsNetworksAndAddresses") {
  CHECK(Trusts({"10.0.0.0/8"}, "10.200.3.4"));
  CHECK_FALSE(Trusts({"10.0.0.0/8"}, "11.0.0.1"));
  CHECK(Trusts({"192.0.2.9"}, "192.0.2.9"));
  CHECK_FALSE(Trusts({"192.0.2.9"}, "192.0.2.8"));
  CHECK(Trusts({"192.0.2.8/31"}, "192.0.2.9"));
  CHECK(Trusts({"0.0.0.0/0"}, "198.51.100.1"));
  CHECK_FALSE(Trusts({"0.0.0.0/0"}, "2001:db8::1"));
  CHECK(Trusts({"2001:db8::/33"}, "2001:db8:7fff::1"));
  CHECK_FALSE(Trusts({"2001:db8::/33"}, "2001:db8:8000::1"));
  CHECK(Trusts({"10.0.0.0/8"}, "::ffff:10.1.2.3"));
  CHECK(Trusts({"::1", "10.0.0.0/8"}, "::1"));
  CHECK_FALSE(Trusts({"unix"}, "127.0.0.1"));
  CHECK_FALSE(TrustedPeers().Contains(At("127.0.0.1")));
  CHECK_FALSE(TrustedPeers().Contains(sys::Address()));
  CHECK(TrustedPeers(std::vector<std::string>{"unix"}).Contains(sys::Address::Unix("@proxy")));
}

TEST_CASE("RefusesWhatIsNoNetwork") {
  for (const char* const text : {"", "proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.1/8",
                                 "::/129", "2001:db8::1/32", "10.0.0.0/8/8", "10.0.0.0/-1"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(TrustedPeers(std::vector<std::string>{text}), std::invalid_argument);
  }
}

TEST_CASE("RemembersWhoCallsOnADescriptor") {
  CallerAddresses callers;
  REQUIRE(callers.Note(1000, At("192.0.2.9").WithPort(4711)));
  REQUIRE(callers.Note(3, At("2001:db8::9").WithPort(4712)));
  REQUIRE(callers.Note(4, sys::Address::UnnamedUnix()));
  CHECK(callers.Of(1000).ToString() == "192.0.2.9:4711");
  CHECK(callers.Of(1000).HostKey() == At("192.0.2.9").HostKey());
  CHECK(callers.Of(3).ToString() == "[2001:db8::9]:4712");
  CHECK(callers.Of(4).IsUnix());
  callers.Forget(1000);
  callers.Forget(70000);
  CHECK(callers.Of(1000).ToString() == sys::Address().ToString());
}

}  // namespace
}  // namespace switchboard::test
