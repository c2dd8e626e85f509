// Headers of proxies, right and wrong, for every test that needs some. Constant; any thread.

#ifndef SWITCHBOARD_TESTS_SUPPORT_PROXY_HEADERS_H_
#define SWITCHBOARD_TESTS_SUPPORT_PROXY_HEADERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::test {

struct SampleHeader {
  const char* name;
  std::string bytes;
  enum class Is { kWhole, kCheck, kMalformed } is = Is::kMalformed;
  // What is printed of who calls; empty for whoever is at the other end.
  std::string caller;
};

// A header of version 2: its command, family and protocol, and what follows the length.
inline std::string BinaryHeader(uint8_t version_and_command, uint8_t family_and_protocol,
                                std::string_view rest) {
  std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
  header += static_cast<char>(version_and_command);
  header += static_cast<char>(family_and_protocol);
  header += static_cast<char>(rest.size() >> 8);
  header += static_cast<char>(rest.size() & 255);
  return header + std::string(rest);
}

// 192.0.2.9:4711 calls 198.51.100.1:8000.
inline const std::string kIpv4Block("\xC0\0\x02\x09\xC6\x33\x64\x01\x12\x67\x1F\x40", 12);

// [2001:db8::9]:4711 calls [2001:db8::1]:8000.
inline std::string Ipv6Block() {
  const std::string net("\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0", 15);
  return net + "\x09" + net + "\x01" + "\x12\x67\x1F\x40";
}

inline const std::vector<SampleHeader>& SampleHeaders() {
  using Is = SampleHeader::Is;
  const auto text = [](const std::string& line) { return "PROXY " + line + "\r\n"; };
  const auto v2 = BinaryHeader;
  const std::string& ipv4 = kIpv4Block;
  const std::string noop = ipv4 + std::string("\x04\0\x02zz", 5);
  // Worked out by another program, RFC 3720's CRC32C.
  const std::string right_sum = ipv4 + std::string("\x03\0\x04", 3) + "\x04\xF6\xD3\x0F";
  const std::string wrong_sum = ipv4 + std::string("\x03\0\x04", 3) + "\x04\xF6\xD3\x0E";
  static const std::vector<SampleHeader> samples = {
      {"TCP4", text("TCP4 192.0.2.9 198.51.100.1 4711 8000"), Is::kWhole, "192.0.2.9:4711"},
      {"TCP4 at its longest", text("TCP4 255.255.255.255 255.255.255.255 65535 65535"), Is::kWhole,
       "255.255.255.255:65535"},
      {"TCP6", text("TCP6 2001:db8::9 2001:db8::1 4711 8000"), Is::kWhole, "[2001:db8::9]:4711"},
      {"port 0", text("TCP4 192.0.2.9 198.51.100.1 0 0"), Is::kWhole, "192.0.2.9:0"},
      {"UNKNOWN", text("UNKNOWN"), Is::kWhole, ""},
      {"UNKNOWN and more", text("UNKNOWN ffff::1 whatever  there is"), Is::kWhole, ""},
      {"UNKNOWN of 107 bytes", text("UNKNOWN " + std::string(91, 'x')), Is::kWhole, ""},
      {"UNKNOWN of 108 bytes", text("UNKNOWN " + std::string(92, 'x')), Is::kMalformed, ""},
      {"no end in 107 bytes", "PROXY TCP4 " + std::string(120, '1'), Is::kMalformed, ""},
      {"a bare line feed", "PROXY TCP4 192.0.2.9 198.51.100.1 4711 8000\n", Is::kMalformed, ""},
      {"a bare return", "PROXY TCP4 192.0.2.9 198.51.100.1 4711 8000\rx", Is::kMalformed, ""},
      {"two spaces", text("TCP4 192.0.2.9  198.51.100.1 4711 8000"), Is::kMalformed, ""},
      {"a space at the end", text("TCP4 192.0.2.9 198.51.100.1 4711 8000 "), Is::kMalformed, ""},
      {"a word too many", text("TCP4 192.0.2.9 198.51.100.1 4711 8000 1"), Is::kMalformed, ""},
      {"a word too few", text("TCP4 192.0.2.9 198.51.100.1 4711"), Is::kMalformed, ""},
      {"a leading zero in a port", text("TCP4 192.0.2.9 198.51.100.1 04711 80"), Is::kMalformed,
       ""},
      {"a leading zero in an address", text("TCP4 192.0.2.09 198.51.100.1 47 80"), Is::kMalformed,
       ""},
      {"a port beyond 65535", text("TCP4 192.0.2.9 198.51.100.1 65536 8000"), Is::kMalformed, ""},
      {"a port with a sign", text("TCP4 192.0.2.9 198.51.100.1 +47 8000"), Is::kMalformed, ""},
      {"IPv6 as TCP4", text("TCP4 2001:db8::9 2001:db8::1 4711 8000"), Is::kMalformed, ""},
      {"IPv4 as TCP6", text("TCP6 192.0.2.9 198.51.100.1 4711 8000"), Is::kMalformed, ""},
      {"UDP4", text("UDP4 192.0.2.9 198.51.100.1 4711 8000"), Is::kMalformed, ""},
      {"lower case", "proxy TCP4 192.0.2.9 198.51.100.1 4711 8000\r\n", Is::kMalformed, ""},
      {"a zero byte in an address", text(std::string("TCP4 192.0.2.9\0 1.2.3.4 4 8", 27)),
       Is::kMalformed, ""},
      {"no header", "hello, is anybody there?\r\n", Is::kMalformed, ""},
      {"IPv4", v2(0x21, 0x11, ipv4), Is::kWhole, "192.0.2.9:4711"},
      {"IPv6", v2(0x21, 0x21, Ipv6Block()), Is::kWhole, "[2001:db8::9]:4711"},
      {"a unix socket", v2(0x21, 0x31, std::string(216, '\0')), Is::kWhole, "unix:"},
      {"IPv4 and more", v2(0x21, 0x11, noop), Is::kWhole, "192.0.2.9:4711"},
      {"a right checksum", v2(0x21, 0x11, right_sum), Is::kWhole, "192.0.2.9:4711"},
      {"a wrong checksum", v2(0x21, 0x11, wrong_sum), Is::kMalformed, ""},
      {"a checksum of 2 bytes", v2(0x21, 0x11, ipv4 + std::string("\x03\0\x02zz", 5)),
       Is::kMalformed, ""},
      {"more that is cut short", v2(0x21, 0x11, ipv4 + std::string("\x04\0\x09zz", 5)),
       Is::kMalformed, ""},
      {"addresses that are cut short", v2(0x21, 0x11, ipv4.substr(0, 11)), Is::kMalformed, ""},
      {"IPv6 with the addresses of IPv4", v2(0x21, 0x21, ipv4), Is::kMalformed, ""},
      {"an unspecified family", v2(0x21, 0x00, "what nobody knows"), Is::kWhole, ""},
      {"LOCAL", v2(0x20, 0x00, ""), Is::kCheck, ""},
      {"LOCAL with addresses", v2(0x20, 0x11, ipv4), Is::kCheck, ""},
      {"LOCAL of 4 KiB", v2(0x20, 0x00, std::string(4096, 'x')), Is::kCheck, ""},
      {"LOCAL of more", v2(0x20, 0x00, std::string(4097, 'x')), Is::kMalformed, ""},
      {"version 1 in binary", v2(0x11, 0x11, ipv4), Is::kMalformed, ""},
      {"an unknown command", v2(0x22, 0x11, ipv4), Is::kMalformed, ""},
      {"an unknown family", v2(0x21, 0x41, ipv4), Is::kMalformed, ""},
      {"an unknown protocol", v2(0x21, 0x13, ipv4), Is::kMalformed, ""},
  };
  return samples;
}

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_PROXY_HEADERS_H_
