#include "bench/load/show/publish.h"

#include "bench/load/base/exit_status.h"
#include "bench/load/show/csv.h"
#include "bench/load/show/html.h"
#include "bench/load/show/json.h"
#include "bench/load/show/text.h"

namespace switchboard::load {

int Publish(const Report& report, ReportFiles& files) {
  WriteAll(ToText(report), files.text,
           {{files.json, ToJson(report).ToString()},
            {files.csv, ToCsv(report)},
            {files.html, ToHtml(report)}});
  if (!report.verification.Passed()) return kExitVerification;
  return report.messages > 0 || report.interrupted ? 0 : kExitFailed;
}

}  // namespace switchboard::load
