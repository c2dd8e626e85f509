// The units of scripts/deploy: systemd reads them without a complaint, and what a fault of the
// server could reach is as little as is said there.

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/files.h"

namespace switchboard::test {
namespace {

const std::string kDeploy = DEPLOY;

bool HaveAnalyze() {
  if (std::system("systemd-analyze --version >/dev/null 2>&1") == 0) return true;
  MESSAGE("left out: there is no systemd-analyze");
  return false;
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// The exposure is below `tenths` tenths, or at them.
bool IsExposedAtMost(const std::string& unit, int tenths) {
  TempFolder folder;
  Write(folder / "switchboard.service", unit);
  return std::system(("systemd-analyze security --no-pager --offline=yes --threshold=" +
                      std::to_string(tenths) + " " + folder / "switchboard.service" +
                      " >/dev/null 2>&1")
                         .c_str()) == 0;
}

TEST_CASE("LittleIsExposed") {
  if (!HaveAnalyze()) return;
  const std::string unit = Contents(kDeploy + "/switchboard.service");
  const std::string with_socket = unit + Contents(kDeploy + "/with-socket.conf");
  CHECK(IsExposedAtMost(unit, 11));
  CHECK_FALSE(IsExposedAtMost(unit, 6));
  CHECK(IsExposedAtMost(with_socket, 6));
}

TEST_CASE("SystemdUnderstandsEveryLine") {
  if (!HaveAnalyze()) return;
  TempFolder folder;
  std::string unit = Contents(kDeploy + "/switchboard.service");
  const std::string program = "ExecStart=switchboard";
  REQUIRE(unit.find(program) != std::string::npos);
  // It need not be installed here, and neither need its manual.
  unit.replace(unit.find(program), program.size(), "ExecStart=/bin/true");
  unit += Contents(kDeploy + "/with-socket.conf");
  const auto without_manual = [](std::string text) {
    return text.erase(text.find("Documentation="),
                      text.find('\n', text.find("Documentation=")) - text.find("Documentation="));
  };
  Write(folder / "switchboard.service", without_manual(unit));
  std::string units = folder / "switchboard.service";
  for (const std::string socket : {"/switchboard.socket", "/switchboard-status.socket"}) {
    Write(folder / socket, without_manual(Contents(kDeploy + socket)));
    units += ' ' + folder / socket;
  }
  const std::string said = folder / "said";
  const int status = std::system(
      ("systemd-analyze verify --recursive-errors=no " + units + " >" + said + " 2>&1").c_str());
  INFO(Contents(said));
  CHECK(status == 0);
  CHECK(Contents(said).find("switchboard") == std::string::npos);
}

}  // namespace
}  // namespace switchboard::test
