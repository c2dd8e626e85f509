#include "bench/load/show/markup.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace switchboard::load {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// How many bytes the character at the front of `text` has, or 0 if it is not UTF-8 (RFC 3629).
size_t CharacterSize(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const size_t size = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what is beyond U+10FFFF.
  if ((byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xED && byte(1) > 0x9F)) return 0;
  if ((byte(0) == 0xF0 && byte(1) < 0x90) || (byte(0) == 0xF4 && byte(1) > 0x8F)) return 0;
  // C1 control characters.
  if (byte(0) == 0xC2 && byte(1) < 0xA0) return 0;
  return size;
}

std::string_view EscapeOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

void AddCell(std::string& out, const char* tag, const char* attributes, const std::string& text) {
  out += std::string("<") + tag + attributes + ">" + Escaped(text) + "</" + tag + ">";
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t size = CharacterSize(text);
    const bool control = static_cast<uint8_t>(text[0]) < 0x20 || text[0] == 0x7F;
    if (size == 0 || control) {
      out += text[0] == '\n' || text[0] == '\t' ? " " : kReplacement;
    } else if (const std::string_view escape = EscapeOf(text[0]); !escape.empty()) {
      out += escape;
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return out;
}

std::string ToMarkup(const Table& table) {
  // A table that is too wide for a phone scrolls by itself, also from the keyboard.
  std::string out = "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"" +
                    Escaped(table.caption) + "\">\n<table class=\"" + Escaped(table.style) +
                    "\"><caption>" + Escaped(table.caption) + "</caption>\n";
  if (!table.header.empty()) {
    out += "<thead><tr>";
    for (const std::string& each : table.header) AddCell(out, "th", " scope=\"col\"", each);
    out += "</tr></thead>\n";
  }
  out += "<tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      AddCell(out, i == 0 ? "th" : "td", i == 0 ? " scope=\"row\"" : "", row[i]);
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace switchboard::load
