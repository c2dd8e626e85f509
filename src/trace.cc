#include "src/trace.h"

#include "src/linux/process.h"
#include "src/linux/socket.h"

namespace switchboard {
namespace {

constexpr int kStandardOutput = 1;
// Even if every byte is escaped to four, a line of these and the address stays below PIPE_BUF, and
// so is written whole or not at all.
constexpr size_t kShownBytes = 950;

void AppendEscaped(char c, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\\':
    case '"':
      out += {'\\', c};
      return;
    default:
      break;
  }
  if (c >= ' ' && c <= '~') {
    out += c;
  } else {
    const auto byte = static_cast<unsigned char>(c);
    out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
  }
}

}  // namespace

std::string Escape(std::span<const char> said) {
  std::string out;
  for (const char c : said) AppendEscaped(c, out);
  return out;
}

void Trace::Print(int fd, std::span<const char> said) {
  const bool cut = said.size() > kShownBytes;
  std::string line = sys::PeerAddress(fd).ToString() + " says \"" +
                     Escape(cut ? said.first(kShownBytes) : said) + '"';
  if (cut) line += "... (" + std::to_string(said.size()) + " bytes)";
  line += '\n';
  if (!sys::WriteWithoutWaiting(kStandardOutput, line)) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace switchboard
