// Hands a report to the user: as text on standard output, and in the files that were asked for.
// Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PUBLISH_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PUBLISH_H_

#include <string>

#include "bench/load/base/output_file.h"
#include "bench/load/measure/report.h"

namespace switchboard::load {

// Where the views of a report go; empty for none.
struct Outputs {
  std::string json_path, csv_path, html_path;
};

// The same, opened; throws as OutputFile. To be made before the run.
struct ReportFiles {
  explicit ReportFiles(const Outputs& outputs)
      : json(outputs.json_path), csv(outputs.csv_path), html(outputs.html_path) {}

  OutputFile json, csv, html;
};

// The value is the exit status: 0, or kExitVerification. Throws as WriteAll.
int Publish(const Report& report, ReportFiles& files);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PUBLISH_H_
