// Who may say for whom it calls: --proxy-from. A header from anybody else would let any caller
// choose its own address. Constant after construction; any thread.

#ifndef SWITCHBOARD_SRC_PROXY_TRUSTED_PEERS_H_
#define SWITCHBOARD_SRC_PROXY_TRUSTED_PEERS_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "src/linux/address.h"

namespace switchboard {

class TrustedPeers {
 public:
  TrustedPeers() = default;
  // Each is an IP address, a network as in "10.0.0.0/8" or "fd00::/8", or "unix" for every caller
  // of a unix socket. Throws std::invalid_argument with what is wrong with one: a sentence without
  // its beginning, "'10.0.0.1/8' has ...".
  explicit TrustedPeers(std::span<const std::string> texts);

  // An IPv4 address mapped into IPv6 is the IPv4 address.
  bool Contains(const sys::Address& peer) const;

 private:
  struct Network {
    std::array<uint8_t, 16> ip;
    int bits;
  };

  std::vector<Network> networks_;
  bool unix_ = false;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROXY_TRUSTED_PEERS_H_
