// Hands a report to the user: as text, and in the files that were asked for.
// Any thread.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PUBLISH_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PUBLISH_H_

#include "bench/load/base/output_file.h"
#include "bench/load/measure/report.h"
#include "bench/load/show/gate.h"

namespace switchboard::load {

// The same, opened; throws as OutputFile. To be made before the run.
struct ReportFiles {
  explicit ReportFiles(const Outputs& outputs)
      : text(outputs.Text()),
        json(outputs.json_path),
        csv(outputs.csv_path),
        html(outputs.html_path),
        hgrm(outputs.hgrm_path) {}

  std::FILE* const text;
  OutputFile json, csv, html, hgrm;
};

// The value is the exit status. Throws as WriteAll.
int Publish(const Report& report, ReportFiles& files, const Gate& gate);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PUBLISH_H_
