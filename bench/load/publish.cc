#include "bench/load/publish.h"

#include "bench/load/command.h"
#include "bench/load/report_html.h"

namespace switchboard::load {

int Publish(const Report& report, ReportFiles& files) {
  WriteAll(ToText(report), {{files.json, ToJson(report).ToString()},
                            {files.csv, ToCsv(report)},
                            {files.html, ToHtml(report)}});
  if (!report.verification.Passed()) return kExitVerification;
  return report.messages > 0 || report.interrupted ? 0 : kExitFailed;
}

}  // namespace switchboard::load
