#include "src/proxy/trusted_peers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace switchboard {
namespace {

using Ip = std::array<uint8_t, 16>;

[[noreturn]] void Wrong(const std::string& text, const std::string& complaint) {
  throw std::invalid_argument("'" + text + "' " + complaint);
}

// The first `bits` of `ip`, and zeros.
Ip Masked(const Ip& ip, int bits) {
  Ip masked = ip;
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    masked[static_cast<size_t>(i)] &= static_cast<uint8_t>(0xFF00 >> kept);
  }
  return masked;
}

int ReadBits(const std::string& text, std::string_view digits, int most) {
  int bits = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, bits);
  if (digits.empty() || error != std::errc() || stopped != end || bits < 0 || bits > most) {
    Wrong(text, "has no length from 0 to " + std::to_string(most) + " behind its '/'");
  }
  return bits;
}

}  // namespace

TrustedPeers::TrustedPeers(std::span<const std::string> texts) {
  for (const std::string& text : texts) {
    if (text == "unix") {
      unix_ = true;
      continue;
    }
    const size_t slash = text.find('/');
    const std::optional<sys::Address> address =
        sys::NumericAddress(std::string_view(text).substr(0, slash));
    if (!address || text.find('\0') != std::string::npos) {
      Wrong(text,
            "is no address or network of a proxy; write 10.0.0.1, 10.0.0.0/8, fd00::/8 or "
            "unix");
    }
    const int most = address->family() == AF_INET ? 32 : 128;
    int bits = most;
    if (slash != std::string::npos) {
      bits = ReadBits(text, std::string_view(text).substr(slash + 1), most);
    }
    const Network network{address->Ipv6Bytes(), bits + 128 - most};
    if (Masked(network.ip, network.bits) != network.ip) {
      Wrong(text,
            "is an address in its network, and not the network; leave out what follows the "
            "'/', or set the bits behind it to 0");
    }
    networks_.push_back(network);
  }
}

bool TrustedPeers::Contains(const sys::Address& peer) const {
  if (peer.IsUnix()) return unix_;
  if (peer.family() != AF_INET && peer.family() != AF_INET6) return false;
  const Ip ip = peer.Ipv6Bytes();
  return std::ranges::any_of(
      networks_, [&](const Network& network) { return Masked(ip, network.bits) == network.ip; });
}

}  // namespace switchboard
