// SHA-256 (FIPS 180-4) as a Content-Security-Policy wants it, in base64. Pure function, any thread.

#ifndef SWITCHBOARD_SRC_STATUS_SHA256_H_
#define SWITCHBOARD_SRC_STATUS_SHA256_H_

#include <string>
#include <string_view>

namespace switchboard::status {

std::string Sha256Base64(std::string_view text);

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_SHA256_H_
