// The page's script. Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_H_

#include <string>

namespace switchboard::load {

std::string ReportScript();

// Its SHA-256 in base64, by which the page's policy lets it run and nothing else:
// `sha256sum`, `xxd -r -p` and `base64` of what stands in the page give it, and a test says it.
extern const char* const kReportScriptSha256;

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_H_
