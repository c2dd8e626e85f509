// Socket addresses: parsing what a user types, resolving names, printing what a user reads.
// All functions may be called from any thread.

#ifndef SWITCHBOARD_SRC_LINUX_ADDRESS_H_
#define SWITCHBOARD_SRC_LINUX_ADDRESS_H_

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/linux/fixed_text.h"

namespace switchboard::sys {

// An IPv4, IPv6 or unix-domain socket address. A plain value.
class Address {
 public:
  Address() = default;
  Address(const sockaddr* address, socklen_t size);

  // A file, or for "@name" an abstract name, unix(7). Throws std::invalid_argument if `path` does
  // not fit a sockaddr_un.
  static Address Unix(const std::string& path);
  // A unix address without a name, as most callers of unix sockets have.
  static Address UnnamedUnix();
  // The 4 bytes of an IPv4 address or the 16 of an IPv6 one, as they are sent; `zone` as below.
  static Address Ip(std::string_view bytes, uint16_t port, uint32_t zone = 0);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  int family() const { return storage_.ss_family; }

  // 0 for a unix address.
  uint16_t port() const;
  Address WithPort(uint16_t port) const;
  // The number of the interface that a link-local IPv6 address is meant at, ipv6(7); else 0.
  uint32_t zone() const;
  bool IsUnix() const { return family() == AF_UNIX; }
  bool IsWildcard() const;
  bool IsLoopback() const;
  // A link-local IPv6 address, which means nothing without an interface, and none is given.
  bool LacksZone() const;
  // An IP address as IPv6 has it, IPv4 mapped into that (RFC 4291, 2.5.5.2); zeros for any other.
  std::array<uint8_t, 16> Ipv6Bytes() const;
  // The same for all addresses of one host: an IPv4 address, mapped into IPv6 or not, or the first
  // 64 bits of an IPv6 address. Nothing for any other kind.
  std::optional<uint64_t> HostKey() const;
  // The file of a unix address; empty for an abstract or an unnamed one.
  std::string path() const;

  bool operator==(const Address& other) const;

  // "192.168.0.105:8000", "[2001:db8::1]:8000", "unix:/run/echo", "unix:@echo". An IPv4 address
  // mapped into IPv6 prints as IPv4; a control character in the name of a socket as '?'; an address
  // that is empty as "unknown".
  std::string ToString() const { return std::string(ToText()); }
  // The same without memory from the heap.
  FixedText<160> ToText() const;

 private:
  std::string_view unix_name() const;

  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

// What a user types for an address, taken apart but not yet looked up.
struct Endpoint {
  std::string host;  // empty: every address of the machine
  uint16_t port = 0;
  std::string unix_path;  // not empty: a unix-domain socket, and host and port mean nothing;
                          // "@name" is an abstract one
};

// Parses "PORT", "HOST:PORT", "IPV4:PORT", "[IPV6]:PORT", "unix:/path" or "unix:@name".
// Throws std::invalid_argument with one sentence that names `text`.
Endpoint ParseEndpoint(std::string_view text);

// A numeric IPv4 or IPv6 address (no brackets) with port 0; nothing if `text` is not one.
// inet_pton(3).
std::optional<Address> NumericAddress(std::string_view text);

// The addresses `endpoint` stands for, in the resolver's order, getaddrinfo(3). Throws
// std::runtime_error with one sentence if the name is not known.
std::vector<Address> Resolve(const Endpoint& endpoint);

// The addresses to bind for `endpoint`: as Resolve, but every address of the machine is one socket,
// [::], that takes IPv4 as well, or 0.0.0.0 on a machine without IPv6.
std::vector<Address> ListenAddresses(const Endpoint& endpoint);

// The machine's own addresses with `port`, IPv4 first; loopback only if there is nothing else.
// `ipv6` says whether IPv6 addresses are wanted, `ipv4` whether IPv4 are. Empty if
// no interface is up or the kernel does not say. getifaddrs(3).
std::vector<Address> InterfaceAddresses(uint16_t port, bool ipv4, bool ipv6);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_ADDRESS_H_
