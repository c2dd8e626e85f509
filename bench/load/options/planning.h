// What takes the values of the options of a plan, for the table; throws as Refuse. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_OPTIONS_PLANNING_H_
#define SWITCHBOARD_BENCH_LOAD_OPTIONS_PLANNING_H_

#include "bench/load/options/command_line.h"
#include "bench/load/options/table.h"

namespace switchboard::load {

void SetMessageSize(const GivenOption& given, CommandLine& line);
void SetServiceTime(const GivenOption& given, CommandLine& line);
void SetGenerator(const GivenOption& given, CommandLine& line);
void SetObjective(const GivenOption& given, CommandLine& line);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_OPTIONS_PLANNING_H_
