// Several processes in the answers of the status port.

#include <doctest/doctest.h>

#include <string>

#include "src/status/json_text.h"
#include "src/status/metrics_text.h"
#include "src/status/page.h"

namespace switchboard::test {
namespace {

status::View Processes(size_t count) {
  status::View view;
  view.state = "ready";
  view.ready = true;
  view.figures.total.accepted = 12 * count;
  for (size_t i = 0; i < count; ++i) {
    status::ProcessView process{
        .state = "ready", .pid = 100 + static_cast<int64_t>(i), .counts = {}};
    process.counts.accepted = 12;
    process.counts.active = 5;
    process.counts.closed_by_reason[static_cast<size_t>(CloseReason::kProcess)] = 7;
    view.processes.push_back(process);
  }
  return view;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("JsonHasARowForEachProcess") {
  status::View view = Processes(2);
  view.processes[1].state = "stopped";
  view.processes[1].restarts = 3;
  const std::string json = status::JsonText(view);
  CHECK(Has(json, "\"accepted\":24,"));
  CHECK(Has(json,
            "\"processes\":[{\"number\":1,\"state\":\"ready\",\"pid\":100,\"restarts\":0,"
            "\"accepted\":12,\"active\":5,"));
  CHECK(Has(json, "},{\"number\":2,\"state\":\"stopped\",\"pid\":101,\"restarts\":3,"));
  CHECK(Has(json, "\"process\":7}}]}"));
}

TEST_CASE("MetricsHaveAFewRowsForEachProcess") {
  status::View view = Processes(2);
  view.processes[0].state = "gone";
  view.processes[0].restarts = 4;
  const std::string metrics = status::MetricsText(view);
  CHECK(Has(metrics, "switchboard_process_up{process=\"1\"} 0\n"));
  CHECK(Has(metrics, "switchboard_process_up{process=\"2\"} 1\n"));
  CHECK(Has(metrics, "switchboard_process_restarts_total{process=\"1\"} 4\n"));
  CHECK(Has(metrics, "switchboard_process_connections_active{process=\"2\"} 5\n"));
  const size_t of_ten = status::MetricsText(Processes(10)).size();
  const size_t of_fifty = status::MetricsText(Processes(50)).size();
  CHECK(of_fifty - of_ten <= 40 * 256);
}

TEST_CASE("ThePageHasARowForEachProcess") {
  status::View view = Processes(3);
  view.processes[2].state = "stopped";
  const std::string page = status::Page(view).body;
  CHECK(Has(page, "<h2>Processes</h2>"));
  CHECK(Has(page, "<tr><th>1<td id=ps0>ready</td><td id=pa0>5</td>"));
  CHECK(Has(page, "<tr><th>3<td id=ps2>stopped</td>"));
  CHECK_FALSE(Has(page, "id=ps3"));
}

TEST_CASE("OfOneProcessAloneNothingIsSaid") {
  const status::View view;
  CHECK_FALSE(Has(status::JsonText(view), "\"processes\""));
  CHECK_FALSE(Has(status::MetricsText(view), "switchboard_process_"));
  CHECK_FALSE(Has(status::Page(view).body, "<h2>Processes</h2>"));
}

}  // namespace
}  // namespace switchboard::test
