// What is one host, and that nothing is left of it when its callers have gone.

#include "src/accepting/host_limit.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace switchboard {
namespace {

using Entry = HostLimit::Entry;

sys::Address At(const std::string& host) { return sys::NumericAddress(host).value(); }

bool IsOneHost(const std::string& a, const std::string& b) {
  return At(a).HostKey() == At(b).HostKey();
}

// Calls from `host` until it is full, and says how often it was let in.
int Fill(HostLimit& limit, const std::string& host, std::vector<CallerHost*>& callers) {
  for (int entered = 0; entered < 100; ++entered) {
    CallerHost* caller = nullptr;
    if (limit.Enter(At(host), caller) == Entry::kFull) return entered;
    callers.push_back(caller);
  }
  return 100;
}

TEST_CASE("AnIpv4AddressIsAHost") {
  CHECK(IsOneHost("192.0.2.1", "192.0.2.1"));
  CHECK_FALSE(IsOneHost("192.0.2.1", "192.0.2.2"));
  CHECK_FALSE(IsOneHost("192.0.2.1", "193.0.2.1"));
  CHECK(At("192.0.2.1").HostKey() == At("192.0.2.1").WithPort(4711).HostKey());
}

TEST_CASE("AnIpv4AddressMappedIntoIpv6IsTheSameHost") {
  CHECK(IsOneHost("192.0.2.1", "::ffff:192.0.2.1"));
  CHECK_FALSE(IsOneHost("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
}

TEST_CASE("TheFirst64BitsOfAnIpv6AddressAreAHost") {
  CHECK(IsOneHost("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff"));
  CHECK_FALSE(IsOneHost("2001:db8:0:1::1", "2001:db8:0:2::1"));
  CHECK_FALSE(IsOneHost("2001:db8::1", "2002:db8::1"));
  CHECK_FALSE(IsOneHost("::1", "127.0.0.1"));
  CHECK_FALSE(IsOneHost("::1", "0.0.0.1"));
}

TEST_CASE("ACallerOfAUnixSocketIsOfNoHost") {
  CHECK_FALSE(sys::Address::Unix("/run/echo").HostKey());
  CHECK_FALSE(sys::Address::Unix("@echo").HostKey());
  CHECK_FALSE(sys::Address().HostKey());
  HostLimit limit(1);
  for (int i = 0; i < 3; ++i) {
    CallerHost* host = nullptr;
    CHECK(limit.Enter(sys::Address::Unix("@echo"), host) == Entry::kEntered);
    CHECK(host == nullptr);
    limit.Leave(host);
  }
  CHECK(limit.hosts() == 0);
}

TEST_CASE("EachHostHasItsLines") {
  HostLimit limit(3);
  std::vector<CallerHost*> callers;
  CHECK(Fill(limit, "192.0.2.1", callers) == 3);
  CHECK(Fill(limit, "::ffff:192.0.2.1", callers) == 0);
  CHECK(Fill(limit, "192.0.2.2", callers) == 3);
  CHECK(Fill(limit, "2001:db8::1", callers) == 3);
  CHECK(Fill(limit, "2001:db8::2", callers) == 0);
  limit.Leave(callers.front());
  callers.erase(callers.begin());
  CHECK(Fill(limit, "192.0.2.1", callers) == 1);
  CHECK(limit.hosts() == 3);
  for (CallerHost* const caller : callers) limit.Leave(caller);
  CHECK(limit.hosts() == 0);
}

TEST_CASE("NothingIsKeptWithoutALimit") {
  HostLimit limit(0);
  std::vector<CallerHost*> callers;
  CHECK(Fill(limit, "192.0.2.1", callers) == 100);
  CHECK(limit.hosts() == 0);
  for (CallerHost* const caller : callers) limit.Leave(caller);
}

}  // namespace
}  // namespace switchboard
