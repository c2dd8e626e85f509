// What a run was asked for and where it came from, as tables and words. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CONFIGURATION_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CONFIGURATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/measure/report.h"
#include "bench/load/show/page/markup.h"

namespace switchboard::load {

// "1 connection", "2 connections".
std::string CountText(uint64_t count, const char* what);
// "open loop, 1,000 messages/s, uniform arrivals".
std::string LoadText(const Options& options);
// "64 bytes".
std::string SizeText(const Options& options);

// A section of the page: both tables, and the command that repeats the run.
std::string ConfigurationSection(const Report& report);

// The machines of a merged report, one a row; nothing if it is of one.
std::string MachinesSection(const Report& report);

// Rows for a table: what it is, and what it measures with. And "2026-11-29T09:00:00Z, on its name".
std::vector<std::vector<std::string>> MachineRows(const Machine& machine);
std::string WhenAndWhere(const Machine& machine);

// The tables alone.
Table ConfigurationTable(const Report& report);
Table MachineTable(const Report& report);

// "<pre>" with a command, or nothing.
std::string CommandBlock(const std::string& command);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_CONFIGURATION_H_
