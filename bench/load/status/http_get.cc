#include "bench/load/status/http_get.h"

#include <poll.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "bench/load/base/units.h"
#include "src/linux/fd.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

constexpr std::string_view kBegin = "HTTP/1.";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

long OrFail(sys::Result result) {
  if (!result) throw std::runtime_error(std::string("does not answer: ") + strerror(result.error));
  return result.value;
}

void Await(int fd, short events, const Deadline& deadline) {
  do {
    if (OrFail(sys::Poll(fd, events, deadline.RemainingMs())) != 0) return;
  } while (!deadline.Passed());
  throw std::runtime_error(
      Format("has not answered in %g s", static_cast<double>(deadline.length_ms()) / 1e3));
}

sys::Fd ConnectTo(const sys::Address& address, const Deadline& deadline) {
  sys::Fd fd(static_cast<int>(OrFail(sys::StreamSocket(address.family()))));
  const sys::Result connected = sys::Connect(fd.get(), address);
  if (connected.error != EINPROGRESS) (void)OrFail(connected);
  Await(fd.get(), POLLOUT, deadline);
  (void)OrFail({0, static_cast<int>(OrFail(sys::PendingError(fd.get())))});
  return fd;
}

void Say(int fd, std::string_view text, const Deadline& deadline) {
  while (!text.empty()) {
    Await(fd, POLLOUT, deadline);
    const sys::Result sent = sys::Send(fd, text.data(), text.size());
    if (!sent.WouldBlock()) text.remove_prefix(static_cast<size_t>(OrFail(sent)));
  }
}

// Of an answer, or the beginning of one.
void RequireHttp(std::string_view answer) {
  const size_t size = std::min(answer.size(), kBegin.size());
  if (size == 0 || answer.substr(0, size) != kBegin.substr(0, size)) {
    throw std::runtime_error("does not speak HTTP");
  }
}

std::string HearAll(int fd, const Deadline& deadline) {
  std::string heard;
  char piece[16 * 1024];
  while (heard.size() <= kMostAnswerBytes) {
    Await(fd, POLLIN, deadline);
    const sys::Result got = sys::Recv(fd, piece, sizeof(piece));
    if (got.WouldBlock()) continue;
    if (OrFail(got) == 0) return heard;
    heard.append(piece, static_cast<size_t>(got.value));
    RequireHttp(heard);  // who answers otherwise may never hang up
  }
  throw std::runtime_error("answers with more than " + BytesText(kMostAnswerBytes) +
                           ", which no status is");
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

// Of the lines behind the first; nothing if it has no such field or that is no number.
std::optional<size_t> ContentLength(std::string_view head) {
  constexpr std::string_view kField = "\r\ncontent-length:";
  const std::string lower = Lower(head);
  const size_t at = lower.find(kField);
  if (at == lower.npos) return std::nullopt;
  const size_t digit = lower.find_first_not_of(' ', at + kField.size());
  if (digit == lower.npos) return std::nullopt;
  size_t length = 0;
  const auto read = std::from_chars(lower.data() + digit, lower.data() + lower.size(), length);
  return read.ec == std::errc() ? std::optional(length) : std::nullopt;
}

}  // namespace

std::string BodyOf(std::string_view answer) {
  RequireHttp(answer);
  const size_t end = answer.find(kHeadEnd);
  if (end == answer.npos) throw std::runtime_error("hung up within the head of its answer");
  const std::string_view head = answer.substr(0, end);
  const std::string_view body = answer.substr(end + kHeadEnd.size());
  const std::string_view first = head.substr(0, head.find(kLineEnd));
  const std::string_view status = first.substr(std::min(first.find(' '), first.size() - 1) + 1);
  if (!status.starts_with("200")) {
    throw std::runtime_error("answered '" + std::string(status) + "'");
  }
  const std::optional<size_t> length = ContentLength(head);
  if (length && body.size() < *length) {
    throw std::runtime_error(
        Format("hung up after %zu of %zu bytes of its answer", body.size(), *length));
  }
  return std::string(body.substr(0, length.value_or(body.size())));
}

std::string HttpGet(const sys::Address& address, std::string_view path, Deadline deadline) {
  const sys::Fd fd = ConnectTo(address, deadline);
  // A name in Host may be refused; where a request goes by a file, none is right.
  const std::string host = address.IsUnix() ? "localhost" : address.ToString();
  Say(fd.get(),
      "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n",
      deadline);
  return BodyOf(HearAll(fd.get(), deadline));
}

}  // namespace switchboard::load
