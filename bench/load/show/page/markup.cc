#include "bench/load/show/page/markup.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "bench/load/base/utf8.h"
#include "src/base/utf8.h"

namespace switchboard::load {
namespace {

// Of ASCII, and the C1 ones.
bool IsControl(std::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  if (character.size() == 2) return first == 0xC2 && static_cast<uint8_t>(character[1]) < 0xA0;
  return first < 0x20 || first == 0x7F;
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
    const size_t size = Utf8Size(text);
    if (size == 0 || IsControl(text.substr(0, size))) {
      out += text[0] == '\n' || text[0] == '\t' ? " " : kNoUtf8;
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

std::string VerdictMarkup(const std::string& style, const std::string& sign,
                          const std::string& verdict, const std::string& reasons) {
  return "<div class=\"verdict " + style + "\"><strong><span aria-hidden=\"true\">" + sign +
         "</span> " + Escaped(verdict) + "</strong>\n" + reasons + "</div>\n";
}

std::string WarningsMarkup(const std::vector<std::string>& warnings) {
  std::string out;
  for (const std::string& each : warnings) {
    out += "<p class=\"warning\"><strong>Warning:</strong> " + Escaped(each) + "</p>\n";
  }
  return out;
}

}  // namespace switchboard::load
