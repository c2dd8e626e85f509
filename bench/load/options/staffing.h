// The options of `switchboard-load staff`: what takes their values, for the table; throws as
// Refuse. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_OPTIONS_STAFFING_H_
#define SWITCHBOARD_BENCH_LOAD_OPTIONS_STAFFING_H_

#include "bench/load/options/command_line.h"
#include "bench/load/options/table.h"

namespace switchboard::load {

void SetServers(const GivenOption& given, CommandLine& line);
void SetCv(const GivenOption& given, CommandLine& line);
void SetTarget(const GivenOption& given, CommandLine& line);
void SetRates(const GivenOption& given, CommandLine& line);
void SetWithin(const GivenOption& given, CommandLine& line);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_OPTIONS_STAFFING_H_
