#include "bench/load/publish.h"

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "bench/load/command.h"
#include "bench/load/report_html.h"

namespace switchboard::load {
namespace {

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  if (!(file << text) || !file.flush()) {
    throw std::runtime_error("cannot write '" + path + "'; name a file in a folder you may write");
  }
}

}  // namespace

int Publish(const Report& report, const Outputs& outputs) {
  std::fputs(ToText(report).c_str(), stdout);
  if (!outputs.json_path.empty()) WriteFile(outputs.json_path, ToJson(report).ToString());
  if (!outputs.csv_path.empty()) WriteFile(outputs.csv_path, ToCsv(report));
  if (!outputs.html_path.empty()) WriteFile(outputs.html_path, ToHtml(report));
  return report.verification.Passed() ? 0 : kExitVerification;
}

}  // namespace switchboard::load
