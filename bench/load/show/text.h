// A report as a person reads it on a terminal. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_TEXT_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_TEXT_H_

#include <string>

#include "bench/load/measure/report.h"

namespace switchboard::load {

std::string ToText(const Report& report);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_TEXT_H_
