#include "src/proxy/header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace switchboard {
namespace {

using Status = ProxyHeader::Status;

constexpr std::string_view kTextBegin = "PROXY ";
constexpr size_t kMaxTextBytes = 107;  // with its line end

constexpr std::string_view kBinaryBegin("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kFixedBytes = 16;  // of a binary header, before the addresses
constexpr uint8_t kLocalCommand = 0;
constexpr uint8_t kProxyCommand = 1;
enum Family : uint8_t { kUnspecified, kIpv4, kIpv6, kUnix };
constexpr uint8_t kMaxProtocol = 2;  // unspecified, stream, datagram
constexpr uint8_t kChecksumType = 3;

ProxyHeader Whole(int version, size_t size) {
  ProxyHeader header;
  header.status = Status::kWhole;
  header.version = version;
  header.size = size;
  return header;
}

ProxyHeader Malformed() {
  ProxyHeader header;
  header.status = Status::kMalformed;
  return header;
}

// Whether the bytes that are there do not differ from `begin`.
bool MayBegin(std::string_view bytes, std::string_view begin) {
  const size_t common = std::min(bytes.size(), begin.size());
  return bytes.substr(0, common) == begin.substr(0, common);
}

uint8_t Byte(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

uint16_t Short(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(Byte(bytes, at) << 8 | Byte(bytes, at + 1));
}

// The text up to the next space, or the rest, which it takes off `text` with the space.
std::string_view TakeWord(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

std::optional<sys::Address> ReadIp(std::string_view text, int family) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::optional<sys::Address> address = sys::NumericAddress(text);
  return address && address->family() == family ? address : std::nullopt;
}

std::optional<uint16_t> ReadPort(std::string_view text) {
  uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  if (text.empty() || error != std::errc() || stopped != end || leading_zero) return std::nullopt;
  return port;
}

// "TCP4 SOURCE DESTINATION PORT PORT", or "UNKNOWN" and whatever the proxy likes to add.
ProxyHeader ParseLine(std::string_view line, size_t size) {
  ProxyHeader header = Whole(1, size);
  const bool ends_with_space = line.ends_with(' ');
  const std::string_view protocol = TakeWord(line);
  if (protocol == "UNKNOWN") return header;
  if ((protocol != "TCP4" && protocol != "TCP6") || ends_with_space) return Malformed();
  const int family = protocol == "TCP4" ? AF_INET : AF_INET6;
  const std::optional<sys::Address> source = ReadIp(TakeWord(line), family);
  const std::optional<sys::Address> destination = ReadIp(TakeWord(line), family);
  const std::optional<uint16_t> source_port = ReadPort(TakeWord(line));
  const std::optional<uint16_t> destination_port = ReadPort(TakeWord(line));
  if (!source || !destination || !source_port || !destination_port || !line.empty()) {
    return Malformed();
  }
  header.caller = source->WithPort(*source_port);
  return header;
}

ProxyHeader ParseText(std::string_view bytes) {
  const std::string_view begin = bytes.substr(0, kMaxTextBytes);
  const size_t end = begin.find_first_of("\r\n");
  if (end == std::string_view::npos || end + 1 == bytes.size()) {
    const bool cut_at_return = end != std::string_view::npos && begin[end] == '\r';
    const bool may_go_on = end == std::string_view::npos || cut_at_return;
    return may_go_on && bytes.size() < kMaxTextBytes ? ProxyHeader() : Malformed();
  }
  if (begin.substr(end, 2) != "\r\n") return Malformed();
  return ParseLine(begin.substr(kTextBegin.size(), end - kTextBegin.size()), end + 2);
}

// CRC-32C, RFC 3720 B.4, with the four bytes at `hole` taken for 0.
uint32_t Checksum(std::string_view bytes, size_t hole) {
  constexpr uint32_t kReflected = 0x82F63B78;
  uint32_t crc = ~uint32_t{0};
  for (size_t i = 0; i < bytes.size(); ++i) {
    crc ^= i - hole < 4 ? 0 : Byte(bytes, i);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? kReflected : 0);
  }
  return ~crc;
}

// Type, length and value, one after the other from `at` to the end of the header: whether none
// is cut short, and the checksum, if there is one, is right.
bool ExtrasAreRight(std::string_view header, size_t at) {
  while (at < header.size()) {
    if (header.size() - at < 3) return false;
    const uint8_t type = Byte(header, at);
    const size_t length = Short(header, at + 1);
    at += 3;
    if (header.size() - at < length) return false;
    if (type == kChecksumType) {
      if (length != 4) return false;
      const uint32_t said = uint32_t{Short(header, at)} << 16 | Short(header, at + 2);
      if (said != Checksum(header, at)) return false;
    }
    at += length;
  }
  return true;
}

// What a proxy says of the caller, in a header that is whole.
ProxyHeader ParseAddresses(std::string_view bytes, Family family) {
  // Source and destination, then their ports.
  constexpr std::array<size_t, 4> kBlockBytes = {0, 12, 36, 216};
  ProxyHeader header = Whole(2, bytes.size());
  const size_t block_bytes = kBlockBytes[family];
  if (bytes.size() - kFixedBytes < block_bytes ||
      !ExtrasAreRight(bytes, kFixedBytes + block_bytes)) {
    return Malformed();
  }
  if (family == kUnix) header.caller = sys::Address::UnnamedUnix();
  if (family == kIpv4 || family == kIpv6) {
    const size_t ip_bytes = family == kIpv4 ? 4 : 16;
    header.caller = sys::Address::Ip(bytes.substr(kFixedBytes, ip_bytes),
                                     Short(bytes, kFixedBytes + 2 * ip_bytes));
  }
  return header;
}

ProxyHeader ParseBinary(std::string_view bytes) {
  const bool has_command = bytes.size() > kBinaryBegin.size();
  const uint8_t command = has_command ? Byte(bytes, 12) & 15 : kProxyCommand;
  if (has_command && (Byte(bytes, 12) >> 4 != 2 || command > kProxyCommand)) return Malformed();
  const bool local = command == kLocalCommand;
  if (bytes.size() > 13 && !local) {
    const uint8_t family = Byte(bytes, 13) >> 4, protocol = Byte(bytes, 13) & 15;
    if (family > kUnix || protocol > kMaxProtocol) return Malformed();
  }
  if (bytes.size() < kFixedBytes) return {};
  const size_t size = kFixedBytes + Short(bytes, 14);
  if (size > kMaxProxyHeaderBytes) return Malformed();
  if (bytes.size() < size) return {};
  ProxyHeader whole = Whole(2, size);
  whole.local = local;
  if (local) return whole;
  const uint8_t family = Byte(bytes, 13) >> 4, protocol = Byte(bytes, 13) & 15;
  // Whatever follows an address of no known kind or protocol has no known form.
  if (family == kUnspecified || protocol == 0) return whole;
  return ParseAddresses(bytes.substr(0, size), static_cast<Family>(family));
}

}  // namespace

ProxyHeader ParseProxyHeader(std::string_view bytes) {
  if (MayBegin(bytes, kBinaryBegin)) return bytes.empty() ? ProxyHeader() : ParseBinary(bytes);
  if (!MayBegin(bytes, kTextBegin)) return Malformed();
  return bytes.size() <= kTextBegin.size() ? ProxyHeader() : ParseText(bytes);
}

}  // namespace switchboard
