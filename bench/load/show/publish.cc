#include "bench/load/show/publish.h"

#include "bench/load/show/csv.h"
#include "bench/load/show/hgrm.h"
#include "bench/load/show/json.h"
#include "bench/load/show/page/html.h"
#include "bench/load/show/text.h"

namespace switchboard::load {

int Publish(const Report& report, ReportFiles& files, const Gate& gate) {
  const Json json = ToJson(report);
  WriteAll(ToText(report), files.text,
           {{files.json, json.ToString()},
            {files.csv, ToCsv(report)},
            {files.html, ToHtml(report)},
            {files.hgrm, ToHgrm(report)}});
  return ExitStatus(report, json, gate);
}

}  // namespace switchboard::load
