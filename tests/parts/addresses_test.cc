// Socket addresses as values: what they are, print and compare as, and what is none.

#include <doctest/doctest.h>
#include <net/if.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/connection/caller_addresses.h"
#include "src/linux/address.h"
#include "src/linux/way_out.h"

namespace switchboard::sys {
namespace {

Address Numeric(const char* text, uint16_t port = 0) {
  const std::optional<Address> address = NumericAddress(text);
  REQUIRE(address);
  return address->WithPort(port);
}

TEST_CASE("WhichAddressesAreTheWildcardOrThisMachine") {
  struct Case {
    const char* text;
    bool wildcard, loopback, lacks_zone;
  };
  const Case cases[] = {
      {"0.0.0.0", true, false, false},
      {"127.0.0.1", false, true, false},
      {"127.255.0.9", false, true, false},
      {"128.0.0.1", false, false, false},
      {"::", true, false, false},
      {"::1", false, true, false},
      {"::2", false, false, false},
      {"::1:0:1", false, false, false},
      {"0:0:1::1", false, false, false},
      {"1::1", false, false, false},
      {"::ffff:127.0.0.1", false, true, false},
      {"::ffff:10.0.0.1", false, false, false},
      {"0:0:1:0:0:ffff:7f00:1", false, false, false},
      {"1::ffff:7f00:1", false, false, false},
      {"fe80::1", false, false, true},
      {"fec0::1", false, false, false},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    const Address address = Numeric(each.text, 80);
    CHECK(address.IsWildcard() == each.wildcard);
    CHECK(address.IsLoopback() == each.loopback);
    CHECK(address.LacksZone() == each.lacks_zone);
    CHECK(address.port() == 80);
    CHECK(address.path().empty());
  }
  const Address file = Address::Unix("/run/echo");
  CHECK_FALSE(file.IsWildcard());
  CHECK_FALSE(file.IsLoopback());
  CHECK_FALSE(file.LacksZone());
  CHECK(file.WithPort(80).port() == 0);
}

TEST_CASE("AddressesPrintAsTheyAreTyped") {
  CHECK(Numeric("192.168.0.105", 8000).ToString() == "192.168.0.105:8000");
  CHECK(Numeric("2001:db8::1", 8000).ToString() == "[2001:db8::1]:8000");
  CHECK(Numeric("::ffff:10.0.0.1", 1).ToString() == "10.0.0.1:1");
  CHECK(Address::Ip(std::string("\x0a\0\0\x01", 4), 7).ToString() == "10.0.0.1:7");
  CHECK(Address::Ip(std::string(15, '\0') + '\x01', 7).ToString() == "[::1]:7");
  CHECK(Address::Unix("/run/echo").ToString() == "unix:/run/echo");
  CHECK(Address::Unix("@echo").ToString() == "unix:@echo");
  CHECK(Address::Unix("a\nb\x7f"
                      "c\x1f\xc3\xa4")
            .ToString() == "unix:a?b?c?\xc3\xa4");
  CHECK(Address::UnnamedUnix().ToString() == "unix:");
  CHECK(Address().ToString() == "unknown");
}

TEST_CASE("WhoCallsIsNotedWithTheZone") {
  const uint32_t zone = ::if_nametoindex("lo");
  REQUIRE(zone > 0);
  const std::string bytes("\xFE\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
  CallerAddresses callers;
  for (const Address& caller : {Address::Ip(bytes, 7, zone), Numeric("192.0.2.9", 4711)}) {
    REQUIRE(callers.Note(300, caller));
    CHECK(callers.Of(300).ToString() == caller.ToString());
  }
  CHECK(Address::Ip(bytes, 7, zone).ToString() == "[fe80::1%lo]:7");
  callers.Forget(300);
  CHECK(callers.Of(300).ToString() == "unknown");
}

TEST_CASE("OnlyAFileHasAPath") {
  CHECK(Address::Unix("/run/echo").path() == "/run/echo");
  CHECK(Address::Unix("@echo").path().empty());
  CHECK(Address::UnnamedUnix().path().empty());
  // As the kernel may give it: without the zero byte behind the path.
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  un.sun_path[0] = 'x';
  const Address bare(reinterpret_cast<const sockaddr*>(&un), offsetof(sockaddr_un, sun_path) + 1);
  CHECK(bare.path() == "x");
  CHECK(bare == Address::Unix("x"));
}

TEST_CASE("AddressesAreTheSameIfTheyPrintTheSame") {
  const std::vector<Address> different{
      Numeric("10.0.0.1", 1),  Numeric("10.0.0.1", 2),   Numeric("10.0.0.2", 1),
      Numeric("::1", 1),       Numeric("::1", 2),        Address::Unix("/run/a"),
      Address::Unix("/run/b"), Address::Unix("@/run/a"), Address::UnnamedUnix()};
  for (size_t i = 0; i < different.size(); ++i) {
    for (size_t j = 0; j < different.size(); ++j) {
      CAPTURE(different[i].ToString());
      CAPTURE(different[j].ToString());
      CHECK((different[i] == different[j]) == (i == j));
    }
  }
}

TEST_CASE("AHostIsAnIpv4AddressOrHalfOfAnIpv6One") {
  CHECK(Numeric("10.0.0.1").HostKey() == Numeric("::ffff:10.0.0.1").HostKey());
  CHECK(Numeric("10.0.0.1").Ipv6Bytes() == Numeric("::ffff:10.0.0.1").Ipv6Bytes());
  CHECK(Numeric("10.0.0.1").HostKey() != Numeric("10.0.0.2").HostKey());
  CHECK(Numeric("2001:db8::1").HostKey() == Numeric("2001:db8::2").HostKey());
  CHECK(Numeric("2001:db8::1").HostKey() != Numeric("2001:db8:0:1::1").HostKey());
  CHECK_FALSE(Address::Unix("/run/echo").HostKey());
  CHECK(Address::Unix("/run/echo").Ipv6Bytes() == std::array<uint8_t, 16>{});
}

TEST_CASE("WhatIsNoAddressIsNamedWithTheWayOut") {
  for (const std::string text : {"", "x", "1:x", "host:", ":1", "65536", "1:65536", "-1", "::1:80",
                                 "[::1]", "[::1", "a:b:1", "80 ", "unix:", "unix:@"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(ParseEndpoint(text), std::invalid_argument);
  }
  const std::string longest(sizeof(sockaddr_un::sun_path) - 1, 'x');
  CHECK(ParseEndpoint("unix:" + longest).unix_path == longest);
  CHECK_THROWS_AS(ParseEndpoint("unix:" + longest + "x"), std::invalid_argument);
  CHECK(ParseEndpoint("unix:@" + longest).unix_path == "@" + longest);
  CHECK_THROWS_AS(ParseEndpoint("unix:@" + longest + "x"), std::invalid_argument);
  CHECK_FALSE(NumericAddress("localhost"));
  CHECK_THROWS_WITH_AS(Resolve(ParseEndpoint("no.such.host.invalid:1")),
                       doctest::Contains("cannot find the host 'no.such.host.invalid'"),
                       std::runtime_error);
}

TEST_CASE("AnEndpointIsTakenApart") {
  CHECK(ParseEndpoint("8000").host.empty());
  CHECK(ParseEndpoint("8000").port == 8000);
  CHECK(ParseEndpoint("bank:0").host == "bank");
  CHECK(ParseEndpoint("[::1]:65535").host == "::1");
  CHECK(ParseEndpoint("[::1]:65535").port == 65535);
  CHECK(Resolve(ParseEndpoint("unix:@echo")).front() == Address::Unix("@echo"));
  CHECK(ListenAddresses(ParseEndpoint("unix:/run/a")).front() == Address::Unix("/run/a"));
  CHECK(ListenAddresses(ParseEndpoint("127.0.0.1:1")).front() == Numeric("127.0.0.1", 1));
  CHECK(ListenAddresses(ParseEndpoint("1")).front().IsWildcard());
}

TEST_CASE("InterfacesHaveTheFamiliesThatAreAskedFor") {
  for (const bool ipv4 : {false, true}) {
    for (const bool ipv6 : {false, true}) {
      for (const Address& each : InterfaceAddresses(80, ipv4, ipv6)) {
        CHECK((each.family() == AF_INET ? ipv4 : ipv6));
        CHECK(each.port() == 80);
      }
    }
  }
  CHECK(InterfaceAddresses(80, false, false).empty());
}

TEST_CASE("WhatTheKernelRefusesHasAWayOut") {
  for (const int error : {EMFILE, ENFILE, EAGAIN, ENOMEM, ENOBUFS, ENOSPC}) {
    CAPTURE(error);
    CHECK_FALSE(WayOut(error).empty());
    CHECK(Refusal("cannot do it", error).ends_with("; " + WayOut(error)));
  }
  CHECK(WayOut(EPIPE).empty());
  CHECK(Refusal("cannot do it", EPIPE) == "cannot do it: Broken pipe");
  CHECK(std::string(ErrorName(EPIPE)) == "EPIPE");
  CHECK(std::string(ErrorName(12345)) == "12345");
}

}  // namespace
}  // namespace switchboard::sys
