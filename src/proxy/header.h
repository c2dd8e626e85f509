// The header in which a proxy says who the caller is, PROXY protocol version 1 and 2: HAProxy's
// doc/proxy-protocol.txt. Pure: a function of bytes. Any thread.

#ifndef SWITCHBOARD_SRC_PROXY_HEADER_H_
#define SWITCHBOARD_SRC_PROXY_HEADER_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "src/linux/address.h"

namespace switchboard {

// No header is longer; one that says it is, is taken for malformed.
inline constexpr size_t kMaxProxyHeaderBytes = 16 + 4096;

struct ProxyHeader {
  enum class Status {
    kIncomplete,  // so far it may become a header
    kWhole,
    kMalformed,  // it is none, and no more bytes make it one
  };
  Status status = Status::kIncomplete;
  size_t size = 0;     // of a whole one: what follows is the caller's
  int version = 0;     // 1 is text, 2 is binary
  bool local = false;  // the proxy calls for itself, to see whether somebody answers
  // Who calls, if the header says it; a unix socket without its name if that is where. Otherwise
  // the caller is whoever is at the other end of the connection.
  std::optional<sys::Address> caller;
};

// What `bytes`, the first of a connection, begin with.
ProxyHeader ParseProxyHeader(std::string_view bytes);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROXY_HEADER_H_
