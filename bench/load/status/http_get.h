// One question over HTTP and its answer, for the status port of a server. Functions without state;
// any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STATUS_HTTP_GET_H_
#define SWITCHBOARD_BENCH_LOAD_STATUS_HTTP_GET_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "bench/load/base/deadline.h"
#include "src/linux/address.h"

namespace switchboard::load {

// Longer ones are refused: a status is some kilobytes.
inline constexpr size_t kMostAnswerBytes = 4 << 20;

// GET of `path`: the body of an answer that is 200 and whole. Throws std::runtime_error with the
// end of a sentence that begins with who was asked: "answered '404 Not Found' ...".
std::string HttpGet(const sys::Address& address, std::string_view path, Deadline deadline);

// The body of a whole answer (RFC 9112); throws in the same way.
std::string BodyOf(std::string_view answer);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STATUS_HTTP_GET_H_
