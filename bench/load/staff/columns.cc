#include "bench/load/staff/columns.h"

#include <algorithm>
#include <cmath>

#include "bench/load/base/units.h"

namespace switchboard::load {

std::string InColumns(const std::vector<Cells>& rows) {
  std::vector<size_t> widths;
  for (const Cells& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size() && row.size() == rows.front().size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Cells& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const size_t room = widths[i] - std::min(widths[i], row[i].size());
      text += std::string(i == 0 ? 0 : 2, ' ') + std::string(room, ' ') + row[i];
    }
    text += "\n";
  }
  return text;
}

std::string PercentText(double part) { return Format("%.3g %%", 100 * part); }
std::string RoundPercentText(double part) {
  if (part > 0 && part < 1e-6) return "<0.0001 %";
  if (part > 0 && part < 0.00005) return Format("%.1g %%", 100 * part);
  return part < 0.01 ? Format("%.2f %%", 100 * part) : PercentText(part);
}
std::string SecondsText(double seconds) {
  if (seconds > 0 && seconds < 10e-9) return Format("%.3g ns", 1e9 * seconds);
  return DurationText(std::llround(seconds * 1e9));
}

}  // namespace switchboard::load
