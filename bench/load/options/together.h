// The options by which several machines measure together: whose share of the load it is, and when
// all begin. What takes their values, for the table; throws as Refuse. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_OPTIONS_TOGETHER_H_
#define SWITCHBOARD_BENCH_LOAD_OPTIONS_TOGETHER_H_

#include "bench/load/options/command_line.h"
#include "bench/load/options/table.h"

namespace switchboard::load {

void SetShare(const GivenOption& given, CommandLine& line);
void SetStartAt(const GivenOption& given, CommandLine& line);
void SetReadyFd(const GivenOption& given, CommandLine& line);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_OPTIONS_TOGETHER_H_
