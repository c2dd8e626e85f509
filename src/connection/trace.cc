#include "src/connection/trace.h"

namespace switchboard {
namespace {

// Even if every byte is escaped to four, there is room in a line for these and the address.
constexpr size_t kShownBytes = 950;

void AppendEscaped(char c, LineText& out) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '\n':
      out << "\\n";
      return;
    case '\r':
      out << "\\r";
      return;
    case '\t':
      out << "\\t";
      return;
    case '\\':
    case '"':
      out << '\\' << c;
      return;
    default:
      break;
  }
  if (c >= ' ' && c <= '~') {
    out << c;
  } else {
    const auto byte = static_cast<unsigned char>(c);
    out << "\\x" << kHex[byte >> 4] << kHex[byte & 15];
  }
}

}  // namespace

void Trace::Print(int fd, std::span<const char> said) {
  const bool cut = said.size() > kShownBytes;
  LineText line;
  line << callers_.Of(fd).ToText() << " says \"";
  for (const char c : said.first(cut ? kShownBytes : said.size())) AppendEscaped(c, line);
  line << '"';
  if (cut) line << "... (" << said.size() << " bytes)";
  stream_->Write(line.EndLine());
}

}  // namespace switchboard
