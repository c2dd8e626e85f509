#include "bench/load/show/page/script.h"

#include "bench/load/show/page/script_axes.h"
#include "bench/load/show/page/script_plot.h"

namespace switchboard::load {

std::string ReportScript() { return std::string(kScriptAxes) + kScriptPlot; }

const char* const kReportScriptSha256 = "o2olcZ3Pq46VBmfh1ICatBA72JfsCskcfIWaqi/NJQo=";

}  // namespace switchboard::load
