#include "bench/load/show/page/script.h"

#include "bench/load/show/page/script_axes.h"
#include "bench/load/show/page/script_plot.h"

namespace switchboard::load {

std::string ReportScript() { return std::string(kScriptAxes) + kScriptPlot; }

const char* const kReportScriptSha256 = "Oexmq8AwwOBydwd/N2spn7VK0lIiRT6EOjdul42zooI=";

}  // namespace switchboard::load
