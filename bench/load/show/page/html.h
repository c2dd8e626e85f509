// The report as one HTML file that needs nothing else: no network, no script. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_HTML_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_HTML_H_

#include <string>

#include "bench/load/measure/report.h"

namespace switchboard::load {

// A verdict other than VALID stands above the figures and under them. Where verification failed
// there are no figures. Every text of the report is escaped.
std::string ToHtml(const Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_HTML_H_
