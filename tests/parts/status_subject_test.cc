// How several processes are judged together by what is known of each.

#include "src/processes/status_subject.h"

#include <doctest/doctest.h>

#include <string>

#include "src/linux/clock.h"

namespace switchboard::test {
namespace {

constexpr int64_t kHeartMs = 2000;

Options AnyPort() {
  Options options;
  options.listen = {{.address = "127.0.0.1:0"}};
  return options;
}

struct Three {
  void Serve(size_t process, pid_t pid) {
    table.slot(process).pid = pid;
    table.slot(process).serving = true;
    table.slot(process).alive_ms = sys::NowMs();
  }

  BoundServer bound{AnyPort(), {}};
  ProcessTable table{3};
  Log log{LogLevel::kError};
  BooksOfAll books{bound, 3, log};
  StatusSubject subject{bound, table, books, kHeartMs};
};

TEST_CASE("TheyAreReadyIfOneIs") {
  Three three;
  CHECK(three.subject.Look().state == "starting");
  CHECK_FALSE(three.subject.Look().ready);
  three.Serve(1, 77);
  three.table.slot(2).pid = 78;
  const status::View view = three.subject.Look();
  CHECK(view.state == "ready");
  CHECK(view.ready);
  REQUIRE(view.processes.size() == 3);
  CHECK(view.processes[0].state == "gone");
  CHECK(view.processes[1].state == "ready");
  CHECK(view.processes[1].pid == 77);
  CHECK(view.processes[2].state == "starting");
  REQUIRE(view.figures.listeners.size() == 1);
  CHECK(view.figures.listeners[0].service == "echo");
  CHECK(view.figures.listeners[0].pool == "worker");
  three.table.slot(1).stopped = true;
  CHECK(three.subject.Look().processes[1].state == "stopped");
  CHECK_FALSE(three.subject.Look().ready);
}

TEST_CASE("TheyStopTogether") {
  Three three;
  three.Serve(0, 77);
  three.table.common().stops = 1;
  CHECK(three.subject.Look().state == "draining");
  CHECK(three.subject.Look().stopping);
  CHECK_FALSE(three.subject.Look().ready);
  three.bound.options.lame_duck_ms = 1000;
  three.books.of(0).reactor().phase = Phase::kLameDuck;
  CHECK(three.subject.Look().state == "lame duck");
  three.books.of(0).reactor().phase = Phase::kDraining;
  CHECK(three.subject.Look().state == "draining");
  CHECK(three.subject.Look().processes[0].state == "draining");
}

TEST_CASE("TheyAreAliveIfOneIs") {
  Three three;
  std::string complaint;
  const int64_t now_ms = sys::NowMs();
  CHECK(three.subject.HearHeart(now_ms, complaint) == status::Heart::Beat::kBeats);
  three.Serve(0, 77);
  three.Serve(1, 78);
  three.table.slot(0).alive_ms = now_ms - kHeartMs - 300;
  CHECK(three.subject.HearHeart(now_ms, complaint) == status::Heart::Beat::kBeats);
  three.table.slot(1).alive_ms = now_ms - kHeartMs - 200;
  CHECK(three.subject.HearHeart(now_ms, complaint) == status::Heart::Beat::kFails);
  CHECK(complaint == "processes: no sign of life for 2.2 s");
}

TEST_CASE("TheLimitIsThatOfAllOfThem") {
  Three three;
  for (size_t i = 0; i < 3; ++i) three.books.of(i).reactor().max_connections = 100;
  CHECK(three.subject.Look().figures.max_connections == 300);
  three.bound.options.max_connections = 40;
  CHECK(three.subject.Look().figures.max_connections == 40);
}

}  // namespace
}  // namespace switchboard::test
