#include "bench/load/conform/conform.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/linux/inspect.h"
#include "bench/load/base/exit_status.h"
#include "bench/load/base/interrupt.h"
#include "bench/load/base/json.h"
#include "bench/load/base/output_file.h"
#include "bench/load/base/units.h"
#include "bench/load/conform/check.h"
#include "bench/load/measure/options.h"
#include "bench/load/options/command_line.h"
#include "bench/load/options/help.h"
#include "bench/load/target/probe.h"
#include "bench/load/target/started_server.h"

namespace switchboard::load {
namespace {

constexpr int64_t kStartMs = 10'000;  // for a server that is started here to come up

struct ConformOptions {
  CommandLine line;
  Options load;  // target, greeting and seed mean what they mean for a load
  bool has_target = false;
};

struct Line {
  const Check* check;
  Finding finding;
  int64_t took_ms;
};

void RequireNames(const char* option, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto has_name = [&](const Check& check) { return check.name == name; };
    Require(std::ranges::any_of(Checks(), has_name),
            std::string(option) + " does not know '" + name + "'; --list prints the names");
  }
}

std::vector<const Check*> WantedChecks(const CommandLine& line) {
  const auto has = [](const std::vector<std::string>& list, const Check& check) {
    return std::ranges::find(list, check.name) != list.end();
  };
  std::vector<const Check*> wanted;
  for (const Check& check : Checks()) {
    const bool asked_for = line.only.empty() || has(line.only, check);
    if (asked_for && !has(line.skip, check)) wanted.push_back(&check);
  }
  return wanted;
}

ConformOptions Complete(CommandLine line) {
  RequireNames("--only", line.only);
  RequireNames("--skip", line.skip);
  Require(!WantedChecks(line).empty(),
          "--only and --skip leave no question to ask; leave out one of them");
  const bool has_target = !line.operands.empty();
  Require(has_target || !line.command.empty(),
          "say which server: HOST:PORT, or --command 'SERVER {port}' to start one");
  Require(line.operands.size() <= 1, "give one HOST:PORT only");
  Require(line.command.empty() || line.command.find("{port}") != std::string::npos,
          "--command needs {port} where the server's port goes");
  Require(has_target || line.pid < 0,
          "--pid goes with HOST:PORT; the process of --command is known");
  Require(line.pid < 0 || sys::OpenDescriptors(line.pid) >= 0 || sys::ResidentBytes(line.pid) >= 0,
          "--pid " + std::to_string(line.pid) +
              " is no process of this machine that may be looked at; give that of the server");
  Options load = CompleteLoad(line, has_target ? line.operands.front() : "127.0.0.1:1");
  return {std::move(line), std::move(load), has_target};
}

sys::Address Reachable(const std::string& target, const std::atomic<bool>& interrupted) {
  for (const sys::Address& address : Resolve(target, &interrupted)) {
    if (Answers(address)) return address;
  }
  throw std::runtime_error("nothing answers at '" + target +
                           "'; start the server first, or check the address");
}

std::string GreetingOf(const ConformOptions& options, const sys::Address& address) {
  if (options.load.greeting == Greeting::kText) return options.load.greeting_text;
  return options.load.greeting == Greeting::kAuto ? HearGreeting(address) : "";
}

int64_t TimeoutMs(const ConformOptions& options, const Check& check) {
  const double own_s = options.line.timeout_s;
  return static_cast<int64_t>(1000 * (own_s > 0 ? own_s : check.timeout_s));
}

// The server at HOST:PORT.
void Describe(Subject& subject, const ConformOptions& options,
              const std::atomic<bool>& interrupted) {
  subject.address = Reachable(options.load.target, interrupted);
  subject.pid = options.line.pid;
  subject.greeting = GreetingOf(options, subject.address);
}

// An instance for each check, so that what one has broken does not fail the next.
Finding AskOwnInstance(const ConformOptions& options, const Check& check, Subject& subject) {
  const bool first = subject.callers == 0;
  const StartedServer server(options.line.command, 0, Deadline(kStartMs));
  subject.address = server.address();
  subject.pid = server.pid();
  if (first) subject.greeting = GreetingOf(options, server.address());
  return RunCheck(check, subject, TimeoutMs(options, check));
}

const char* Name(Grade grade) {
  switch (grade) {
    case Grade::kPass:
      return "PASS";
    case Grade::kFail:
      return "FAIL";
    case Grade::kSkip:
      return "SKIP";
  }
  return "";
}

// What was asked, and how often an answer came.
struct Card {
  std::vector<Line> lines;
  size_t not_asked = 0;  // as it was interrupted

  long Count(Grade grade) const {
    return std::ranges::count_if(lines, [&](const Line& l) { return l.finding.grade == grade; });
  }
  bool Passed() const {
    return Count(Grade::kPass) > 0 && Count(Grade::kFail) == 0 && not_asked == 0;
  }
};

void Print(const Line& line, std::FILE* out) {
  std::fprintf(out, "%s  %-24s  %s\n", Name(line.finding.grade),
               std::string(line.check->name).c_str(), line.finding.seen.c_str());
  std::fflush(out);
}

// An interrupt counts when a check is over, all of which end in time.
Card FillCard(const ConformOptions& options, const std::atomic<bool>& interrupted) {
  Subject subject;
  subject.command = options.line.command;
  subject.seed = options.load.seed;
  if (options.has_target) Describe(subject, options, interrupted);
  Card card;
  for (const Check* const check : WantedChecks(options.line)) {
    if (interrupted) {
      ++card.not_asked;
      continue;
    }
    const int64_t begin_ms = sys::NowMs();
    Finding finding = options.has_target ? RunCheck(*check, subject, TimeoutMs(options, *check))
                                         : AskOwnInstance(options, *check, subject);
    card.lines.push_back({check, std::move(finding), sys::NowMs() - begin_ms});
    Print(card.lines.back(), options.line.outputs.Text());
  }
  return card;
}

Json ToJson(const Line& line) {
  return Json::Object{{"name", line.check->name},
                      {"asks", line.check->asks},
                      {"result", Name(line.finding.grade)},
                      {"seen", line.finding.seen},
                      {"seconds", static_cast<double>(line.took_ms) / 1000}};
}

Json ToJson(const ConformOptions& options, const Card& card) {
  Json::Array lines;
  for (const Line& line : card.lines) lines.push_back(ToJson(line));
  return Json::Object{{"schema", "switchboard-conform/1"},
                      {"target", options.has_target ? options.load.target : options.line.command},
                      {"seed", options.load.seed},
                      {"passed", card.Count(Grade::kPass)},
                      {"failed", card.Count(Grade::kFail)},
                      {"skipped", card.Count(Grade::kSkip)},
                      {"not_asked", card.not_asked},
                      {"checks", std::move(lines)}};
}

std::string Summary(const ConformOptions& options, const Card& card) {
  const std::string rest =
      card.not_asked > 0 ? Format("interrupted: %zu not asked, ", card.not_asked) : "";
  return rest + Format("%ld passed, %ld failed, %ld skipped (--seed %llu)\n",
                       card.Count(Grade::kPass), card.Count(Grade::kFail), card.Count(Grade::kSkip),
                       static_cast<unsigned long long>(options.load.seed));
}

int Conform(ConformOptions options) {
  if (options.load.seed == 0) options.load.seed = std::random_device()();
  OutputFile json(options.line.outputs.json_path);
  const Card card = FillCard(options, CatchInterrupts());
  WriteAll(Summary(options, card), options.line.outputs.Text(),
           {{json, ToJson(options, card).ToString()}});
  return card.Passed() ? 0 : kExitFailed;
}

void RequireListAlone(const CommandLine& line) {
  constexpr const char* kAsksNone = "--list prints the questions and asks none; leave out ";
  Require(line.operands.empty(), std::string(kAsksNone) + "'" +
                                     (line.operands.empty() ? "" : line.operands.front()) + "'");
  for (const std::string_view option : line.given) {
    Require(option == "list", std::string(kAsksNone) + "--" + std::string(option));
  }
}

void PrintList() {
  for (const Check& check : Checks()) {
    std::printf("%-24s  %s\n", std::string(check.name).c_str(), std::string(check.asks).c_str());
  }
}

}  // namespace

int ConformMain(int argc, char** argv) {
  CommandLine line = ParseCommandLine(kConform, argc, argv);
  if (line.help) {
    std::fputs(HelpText(kConform).c_str(), stdout);
    return 0;
  }
  if (line.list) {
    RequireListAlone(line);
    PrintList();
    return 0;
  }
  return Conform(Complete(std::move(line)));
}

}  // namespace switchboard::load
