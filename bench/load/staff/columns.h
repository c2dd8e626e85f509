// Tables for people. Functions without state; any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_COLUMNS_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_COLUMNS_H_

#include <string>
#include <vector>

namespace switchboard::load {

using Cells = std::vector<std::string>;

// Columns as wide as their widest cell, to the right. A row of fewer cells than the first ends
// early, and counts for no column.
std::string InColumns(const std::vector<Cells>& rows);

// "12.5 %"; the same with two decimals below one, of what was measured, and more only where they
// would all be 0; "12.3 ms", and "0.12 ns" of what is no whole number of the finest unit.
std::string PercentText(double part);
std::string RoundPercentText(double part);
std::string SecondsText(double seconds);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_COLUMNS_H_
