// The command line of `switchboard-load staff`.

#include <cstdio>
#include <string_view>

#include "bench/load/base/exit_status.h"
#include "bench/load/base/interrupt.h"
#include "bench/load/base/output_file.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/help.h"
#include "bench/load/run/wrong_echo.h"
#include "bench/load/staff/calibrate/calibrate.h"
#include "bench/load/staff/measured/measure.h"
#include "bench/load/staff/measured/show.h"
#include "bench/load/staff/plan/plan.h"
#include "bench/load/staff/show.h"
#include "bench/load/staff/staff.h"
#include "bench/load/staff/staffing.h"

namespace switchboard::load {
namespace {

template <typename Answer>
int Say(const CommandLine& line, const Answer& answer) {
  OutputFile json(line.outputs.json_path);
  WriteAll(ToText(answer), line.outputs.Text(), {{json, ToJson(answer).ToString()}});
  return 0;
}

int MeasureAndSay(const CommandLine& line) {
  const MeasuredOptions options = CompleteMeasured(line);
  OutputFile json(line.outputs.json_path), html(line.outputs.html_path);
  try {
    const Measurement measurement = Measure(options, CatchInterrupts());
    WriteAll(ToText(measurement), line.outputs.Text(),
             {{json, ToJson(measurement).ToString()}, {html, ToHtml(measurement)}});
    return measurement.interrupted ? kExitInterrupted : 0;
  } catch (const WrongEcho& error) {
    std::fprintf(stderr, "switchboard-load: %s\n", error.what());
    return kExitVerification;
  }
}

int FormulaMain(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(kStaff, argc, argv);
  if (line.help) {
    std::fputs(HelpText(kStaff).c_str(), stdout);
    return 0;
  }
  if (AsksToMeasure(line)) return MeasureAndSay(line);
  const StaffingOptions options = CompleteStaffing(line);
  return options.lines ? Say(line, StaffLines(options)) : Say(line, StaffWorkers(options));
}

// Each is like main: argv[0] is its own name.
struct Use {
  std::string_view name;
  int (*run)(int argc, char** argv);
};

constexpr Use kUses[] = {
    {"plan", PlanMain},
    {"calibrate", CalibrateMain},
};

}  // namespace

int StaffMain(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  for (const Use& use : kUses) {
    if (first == use.name) return use.run(argc - 1, argv + 1);
  }
  return FormulaMain(argc, argv);
}

}  // namespace switchboard::load
