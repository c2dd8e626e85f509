#include "src/linux/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>

#include "src/linux/socket.h"

namespace switchboard::sys {
namespace {

const sockaddr_in& AsV4(const sockaddr_storage& s) {
  return reinterpret_cast<const sockaddr_in&>(s);
}
const sockaddr_in6& AsV6(const sockaddr_storage& s) {
  return reinterpret_cast<const sockaddr_in6&>(s);
}

uint16_t ParsePort(std::string_view digits, std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
      port > 65535) {
    throw std::invalid_argument("'" + std::string(text) +
                                "' has no port between 0 and 65535; write it as PORT, HOST:PORT, "
                                "[IPV6]:PORT, unix:/path or unix:@name");
  }
  return static_cast<uint16_t>(port);
}

// Callers choose the names of their sockets themselves, and a log line has to stay one.
FixedText<160> UnixText(std::string_view name) {
  FixedText<160> text;
  text << "unix:";
  const bool abstract = name.starts_with('\0');
  if (abstract) text << '@';
  for (const char c : name.substr(abstract ? 1 : 0))
    text << ((c >= 0 && c < ' ') || c == 127 ? '?' : c);
  return text;
}

}  // namespace

Address::Address(const sockaddr* address, socklen_t size) : size_(size) {
  std::memcpy(&storage_, address, std::min<size_t>(size, sizeof(storage_)));
}

Address Address::Unix(const std::string& path) {
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  // An abstract name begins with a zero byte, in the place of the '@', and ends where the address
  // does; a path ends with one.
  const bool abstract = path.starts_with('@');
  constexpr size_t kLongest = sizeof(un.sun_path) - 1;
  const size_t length = path.size() - (abstract ? 1 : 0);
  if (length == 0 || length > kLongest) {
    throw std::invalid_argument("'unix:" + path + "' needs a " + (abstract ? "name" : "path") +
                                " of 1 to " + std::to_string(kLongest) + " bytes");
  }
  std::memcpy(un.sun_path, path.data(), path.size());
  if (abstract) un.sun_path[0] = '\0';
  const size_t size = abstract ? offsetof(sockaddr_un, sun_path) + path.size() : sizeof(un);
  return Address(reinterpret_cast<const sockaddr*>(&un), static_cast<socklen_t>(size));
}

Address Address::UnnamedUnix() {
  const sa_family_t family = AF_UNIX;
  Address address;
  address.storage_.ss_family = family;
  address.size_ = sizeof(family);
  return address;
}

Address Address::Ip(std::string_view bytes, uint16_t port, uint32_t zone) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (bytes.size() == sizeof(v4.sin_addr)) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
    return Address(reinterpret_cast<const sockaddr*>(&v4), sizeof(v4));
  }
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_scope_id = zone;
  std::memcpy(&v6.sin6_addr, bytes.data(), std::min(bytes.size(), sizeof(v6.sin6_addr)));
  return Address(reinterpret_cast<const sockaddr*>(&v6), sizeof(v6));
}

uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(AsV4(storage_).sin_port);
  if (family() == AF_INET6) return ntohs(AsV6(storage_).sin6_port);
  return 0;
}

Address Address::WithPort(uint16_t port) const {
  Address copy = *this;
  if (family() == AF_INET) {
    reinterpret_cast<sockaddr_in&>(copy.storage_).sin_port = htons(port);
  } else if (family() == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(copy.storage_).sin6_port = htons(port);
  }
  return copy;
}

uint32_t Address::zone() const { return family() == AF_INET6 ? AsV6(storage_).sin6_scope_id : 0; }

bool Address::IsWildcard() const {
  if (family() == AF_INET) return AsV4(storage_).sin_addr.s_addr == htonl(INADDR_ANY);
  return family() == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&AsV6(storage_).sin6_addr);
}

bool Address::IsLoopback() const {
  if (family() == AF_INET) return (ntohl(AsV4(storage_).sin_addr.s_addr) >> 24) == 127;
  if (family() != AF_INET6) return false;
  const in6_addr& ip = AsV6(storage_).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&ip) || (IN6_IS_ADDR_V4MAPPED(&ip) && ip.s6_addr[12] == 127);
}

bool Address::LacksZone() const {
  return family() == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&AsV6(storage_).sin6_addr) &&
         AsV6(storage_).sin6_scope_id == 0;
}

std::array<uint8_t, 16> Address::Ipv6Bytes() const {
  std::array<uint8_t, 16> bytes{};
  if (family() == AF_INET6) std::memcpy(bytes.data(), &AsV6(storage_).sin6_addr, bytes.size());
  if (family() == AF_INET) {
    bytes[10] = bytes[11] = 0xFF;
    std::memcpy(&bytes[12], &AsV4(storage_).sin_addr, 4);
  }
  return bytes;
}

// An IPv4 address has the key of IPv6 addresses that begin with 32 zero bits, which are given to
// nobody, RFC 4291.
std::optional<uint64_t> Address::HostKey() const {
  if (family() == AF_INET) return ntohl(AsV4(storage_).sin_addr.s_addr);
  if (family() != AF_INET6) return std::nullopt;
  const in6_addr& ip = AsV6(storage_).sin6_addr;
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&ip);
  uint64_t key = 0;
  for (int i = mapped ? 12 : 0; i < (mapped ? 16 : 8); ++i) key = key << 8 | ip.s6_addr[i];
  return key;
}

// A path, or an abstract name with the zero byte that it begins with.
std::string_view Address::unix_name() const {
  if (!IsUnix() || size_ <= offsetof(sockaddr_un, sun_path)) return {};
  const char* const name = reinterpret_cast<const sockaddr_un&>(storage_).sun_path;
  const size_t most = size_ - offsetof(sockaddr_un, sun_path);
  return {name, name[0] == '\0' ? most : strnlen(name, most)};
}

std::string Address::path() const {
  const std::string_view name = unix_name();
  return name.starts_with('\0') ? "" : std::string(name);
}

bool Address::operator==(const Address& other) const {
  if (family() != other.family()) return false;
  if (IsUnix()) return unix_name() == other.unix_name();
  return std::string_view(ToText()) == std::string_view(other.ToText());
}

FixedText<160> Address::ToText() const {
  FixedText<160> text;
  if (size_ == 0) return text << "unknown";
  char host[NI_MAXHOST] = "?";
  if (IsUnix()) return text << UnixText(unix_name());
  if (family() == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&AsV6(storage_).sin6_addr)) {
    inet_ntop(AF_INET, AsV6(storage_).sin6_addr.s6_addr + 12, host, sizeof(host));
    return text << host << ':' << port();
  }
  getnameinfo(get(), size_, host, sizeof(host), nullptr, 0, NI_NUMERICHOST);
  if (family() == AF_INET6) return text << '[' << host << "]:" << port();
  return text << host << ':' << port();
}

Endpoint ParseEndpoint(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  Endpoint endpoint;
  if (text.starts_with(kUnix)) {
    endpoint.unix_path = text.substr(kUnix.size());
    (void)Address::Unix(endpoint.unix_path);  // rejects a path that cannot be bound
    return endpoint;
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    endpoint.port = ParsePort(text, text);
    return endpoint;
  }
  std::string_view host = text.substr(0, colon);
  endpoint.port = ParsePort(text.substr(colon + 1), text);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find(':') != std::string_view::npos)) {
    throw std::invalid_argument("'" + std::string(text) +
                                "' is not an address; write PORT, HOST:PORT, [IPV6]:PORT, "
                                "unix:/path or unix:@name");
  }
  endpoint.host = host;
  return endpoint;
}

std::optional<Address> NumericAddress(std::string_view text) {
  const std::string host(text);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    return Address(reinterpret_cast<const sockaddr*>(&v4), sizeof(v4));
  }
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    return Address(reinterpret_cast<const sockaddr*>(&v6), sizeof(v6));
  }
  return std::nullopt;
}

std::vector<Address> Resolve(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return {Address::Unix(endpoint.unix_path)};
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(endpoint.host.empty() ? nullptr : endpoint.host.c_str(),
                                 std::to_string(endpoint.port).c_str(), &hints, &found);
  if (status == EAI_MEMORY) throw std::bad_alloc();
  if (status != 0) {
    throw std::runtime_error("cannot find the host '" + endpoint.host + "': " +
                             gai_strerror(status) + "; give a numeric address or check the name");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    addresses.emplace_back(each->ai_addr, each->ai_addrlen);
  }
  return addresses;
}

std::vector<Address> ListenAddresses(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty() || !endpoint.host.empty()) return Resolve(endpoint);
  const Fd probe(static_cast<int>(StreamSocket(AF_INET6).value));
  return Resolve({.host = probe ? "::" : "0.0.0.0", .port = endpoint.port, .unix_path = {}});
}

std::vector<Address> InterfaceAddresses(uint16_t port, bool ipv4, bool ipv6) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  std::vector<Address> outside, loopback;
  for (const int family : {AF_INET, AF_INET6}) {
    if (!(family == AF_INET ? ipv4 : ipv6)) continue;
    const socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
      if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != family) continue;
      if ((each->ifa_flags & IFF_UP) == 0) continue;
      const Address address = Address(each->ifa_addr, size).WithPort(port);
      (address.IsLoopback() ? loopback : outside).push_back(address);
    }
  }
  return outside.empty() ? loopback : outside;
}

}  // namespace switchboard::sys
