// What every page has around its content: head, style, script and foot. A page is one file that
// fetches nothing, and whole without its script. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FRAME_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FRAME_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "bench/load/show/page/figure.h"

namespace switchboard::load {

// So that it can be sent and pasted anywhere.
inline constexpr size_t kMostPageBytes = 150'000;

// `title` is of the browser's window. All texts are escaped.
std::string BeginPage(const std::string& title);
// Ends what `<main>` began.
std::string EndPage(const std::string& version);

struct HeaderText {
  std::string over, title, under;
  std::vector<std::string> notes;
};
std::string PageHeader(const HeaderText& text);

// The page in the finest detail in which it is small enough, or in the coarsest.
std::string WithinLimit(const std::function<std::string(const Detail&)>& page);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_FRAME_H_
