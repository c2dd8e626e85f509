// A comparison as a page for a browser. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_COMPARE_PAGE_H_
#define SWITCHBOARD_BENCH_LOAD_COMPARE_PAGE_H_

#include <string>

#include "bench/load/compare/compare.h"

namespace switchboard::load {

std::string ToHtml(const Comparison& comparison);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_COMPARE_PAGE_H_
