// Pieces of HTML, safe whatever the texts in them are. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_MARKUP_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_MARKUP_H_

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::load {

// `text` as it can stand between tags and in quoted attributes: what HTML gives a meaning to is
// escaped, and control characters and bytes that are not UTF-8 are shown as U+FFFD.
std::string Escaped(std::string_view text);

// The first cell of each row is its header. All texts are escaped.
struct Table {
  std::string caption;
  std::vector<std::string> header;  // may be empty: then no row of headers
  std::vector<std::vector<std::string>> rows;
  std::string style;  // CSS classes
};
std::string ToMarkup(const Table& table);

// The box with which a page begins: `style` is a CSS class, "good", "doubt" or "bad", and `sign`
// what says the same without colours; `reasons` is markup.
std::string VerdictMarkup(const std::string& style, const std::string& sign,
                          const std::string& verdict, const std::string& reasons);

// A paragraph for each.
std::string WarningsMarkup(const std::vector<std::string>& warnings);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_MARKUP_H_
