#include "bench/load/show/page/script.h"

#include "bench/load/show/page/script_axes.h"
#include "bench/load/show/page/script_plot.h"

namespace switchboard::load {

std::string ReportScript() { return std::string(kScriptAxes) + kScriptPlot; }

const char* const kReportScriptSha256 = "HCyo0wqJ07FLdXoNIb4CjLfj6uqpq3Pog1i2DWR6Syg=";

}  // namespace switchboard::load
