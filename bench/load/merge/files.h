// The reports that --json wrote, read back. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_MERGE_FILES_H_
#define SWITCHBOARD_BENCH_LOAD_MERGE_FILES_H_

#include <string>
#include <vector>

#include "bench/load/merge/merge.h"

namespace switchboard::load {

// Those of all files in order, each named by its file; a file may hold several, and "-" is standard
// input. Throws std::runtime_error with one sentence that names the file, and what it cannot be
// used to do: `purpose` is "merge", for instance.
std::vector<Part> ReadParts(const std::vector<std::string>& paths, const char* purpose);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_MERGE_FILES_H_
