#include "tests/processes/family.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <numeric>

namespace switchboard::test {
namespace {

ServerProcess::Options WithProcesses(ServerProcess::Options options, size_t processes) {
  for (const std::string& word : {std::string("--greeting"), std::string(),
                                  std::string("--processes"), std::to_string(processes)}) {
    options.push_back(word);
  }
  return options;
}

bool IsOfAll(const Fields& line) { return line.Text("process").empty(); }

}  // namespace

Callers Call(const std::string& address, size_t count) {
  Callers callers;
  for (size_t i = 0; i < count; ++i) {
    callers.push_back(std::make_unique<Client>(address));
    callers.back()->Send("hello");
  }
  return callers;
}

size_t Unanswered(Callers& callers) {
  return static_cast<size_t>(std::ranges::count_if(
      callers, [](const auto& caller) { return caller->Receive(5) != "hello"; }));
}

Spawn With(const std::vector<std::string>& variables) {
  Spawn spawn;
  spawn.wrapper = {"env"};
  spawn.wrapper.insert(spawn.wrapper.end(), variables.begin(), variables.end());
  return spawn;
}

Family::Family(size_t count, ServerProcess::Options options, const Spawn& spawn)
    : processes(count), server(WithProcesses(std::move(options), count), spawn) {}

// One that is stopped does not hear that its parent has gone.
Family::~Family() {
  for (const pid_t child : Children()) (void)::kill(child, COUNTS_COVERAGE ? SIGCONT : SIGKILL);
}

std::vector<pid_t> Family::Children() const {
  const std::string pid = std::to_string(server.pid());
  std::ifstream file("/proc/" + pid + "/task/" + pid + "/children");
  std::vector<pid_t> children;
  for (pid_t child; file >> child;) {
    if (!HasEnded(child)) children.push_back(child);
  }
  return children;
}

bool Family::IsWhole(const std::vector<pid_t>& gone) const {
  const std::vector<pid_t> children = Children();
  const std::vector<Fields> serving = server.Logged("process_serving");
  const auto serves = [&](pid_t child) {
    return std::ranges::count(gone, child) == 0 &&
           std::ranges::any_of(serving, [&](const Fields& line) { return line["pid"] == child; });
  };
  return children.size() == processes && std::ranges::all_of(children, serves);
}

Fields Family::Total() {
  const Fields total = server.Stats();
  REQUIRE(WaitFor([&] {
    const std::vector<Fields> lines = server.Logged("stats");
    const auto last = std::find_if(lines.rbegin(), lines.rend(), IsOfAll);
    return static_cast<size_t>(last - lines.rbegin()) >= processes;
  }));
  return total;
}

Fields Family::StatsOf(pid_t child) {
  const std::vector<Fields> serving = server.Logged("process_serving");
  const auto said =
      std::ranges::find_if(serving, [&](const Fields& line) { return line["pid"] == child; });
  REQUIRE(said != serving.end());
  const int64_t number = (*said)["process"];
  const auto lines_of_it = [&] {
    std::vector<Fields> lines = server.Logged("stats");
    std::erase_if(lines,
                  [&](const Fields& line) { return IsOfAll(line) || line["process"] != number; });
    return lines;
  };
  const size_t before = lines_of_it().size();
  REQUIRE(::kill(child, SIGUSR1) == 0);
  std::vector<Fields> lines;
  REQUIRE(WaitFor([&] { return (lines = lines_of_it()).size() > before; }));
  return lines.back();
}

std::vector<int64_t> Family::Lines() {
  std::vector<int64_t> lines;
  for (const pid_t child : Children()) lines.push_back(StatsOf(child)["active"]);
  return lines;
}

bool Family::IsSpread() {
  const std::vector<int64_t> lines = Lines();
  if (lines.size() != processes) return false;
  const int64_t sum = std::accumulate(lines.begin(), lines.end(), int64_t{0});
  const double mean = static_cast<double>(sum) / static_cast<double>(processes);
  return sum > 0 && std::ranges::all_of(lines, [&](int64_t each) {
           return static_cast<double>(each) >= 0.7 * mean &&
                  static_cast<double>(each) <= 1.3 * mean;
         });
}

bool HasEnded(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return true;
  const size_t name_end = text.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= text.size() || text[name_end + 2] == 'Z';
}

}  // namespace switchboard::test
