// Draws a chart as a picture that needs no script. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SVG_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SVG_H_

#include <string>

#include "bench/load/show/page/chart.h"

namespace switchboard::load {

// An <svg> of that many CSS pixels, which scales to the width it is given. Its axes have the
// classes `grid`, `axis` and `label`, the levels of a heat map `h1` to `h6`.
std::string ToSvg(const Chart& chart, int width, int height);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SVG_H_
