#include "bench/load/conform/conform.h"

#include <getopt.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/linux/inspect.h"
#include "bench/load/base/command.h"
#include "bench/load/base/interrupt.h"
#include "bench/load/base/json.h"
#include "bench/load/base/output_file.h"
#include "bench/load/base/units.h"
#include "bench/load/base/usage.h"
#include "bench/load/conform/check.h"
#include "bench/load/measure/options.h"
#include "bench/load/target/probe.h"
#include "bench/load/target/started_server.h"

namespace switchboard::load {
namespace {

constexpr int64_t kStartMs = 10'000;  // for a server that is started here to come up

constexpr const char* kHelp =
    R"(Usage: switchboard-load conform [OPTION]... HOST:PORT
   or: switchboard-load conform [OPTION]... --command 'SERVER {port}'

Asks an echo server whether it does what an echo server should, and prints a card:
PASS, FAIL or SKIP for each question, with what was seen. Exit status 0 if all that
ran passed, 1 if not, 2 for a wrong command line.

      --pid N              the server's process on this machine, to watch its memory
                           and descriptors
      --command 'SERVER {port}'
                           how to start the server, for the questions that need an
                           instance of their own; {port} becomes a free port. Without
                           HOST:PORT every question gets an instance of its own
      --greeting auto|none|TEXT
                           what the server says first; auto listens for 200 ms on a
                           first connection (auto); TEXT understands \n \r \t \\ \xHH
      --only NAME          ask only this question; repeatable
      --skip NAME          leave this question out; repeatable
      --timeout SECONDS    for each question, instead of its own
      --seed N             of what the callers say, to repeat a run (drawn anew each time)
      --json FILE          write the card as JSON too
      --list               print the questions
)";

struct ConformOptions {
  Options load;  // target, greeting and seed mean what they mean for a load
  bool has_target = false;
  int pid = -1;
  std::string command;
  std::vector<std::string> only, skip;
  int64_t timeout_s = 0;  // 0: each check's own
  std::string json_path;
  bool list = false;
  bool help = false;
};

struct Line {
  const Check* check;
  Finding finding;
  int64_t took_ms;
};

std::string CheckName(const char* option, std::string_view name) {
  const auto has_name = [&](const Check& check) { return check.name == name; };
  if (std::ranges::none_of(Checks(), has_name)) {
    throw std::invalid_argument(std::string(option) + " does not know '" + std::string(name) +
                                "'; --list prints the names");
  }
  return std::string(name);
}

enum LongOption { kPid = kFirstLong, kList, kCommand, kOnly, kSkip, kTimeout, kJson, kShared };

constexpr option kOptions[] = {
    {"pid", required_argument, nullptr, kPid},
    {"command", required_argument, nullptr, kCommand},
    {"greeting", required_argument, nullptr, kShared},
    {"seed", required_argument, nullptr, kShared},
    {"only", required_argument, nullptr, kOnly},
    {"skip", required_argument, nullptr, kSkip},
    {"timeout", required_argument, nullptr, kTimeout},
    {"json", required_argument, nullptr, kJson},
    {"list", no_argument, nullptr, kList},
    {"help", no_argument, nullptr, 'h'},
    {nullptr, 0, nullptr, 0},
};

ConformOptions Parse(int argc, char** argv) {
  ConformOptions options;
  std::vector<std::string> shared = {"conform"};
  int index = 0;
  optind = 0;  // getopt_long(3): start over
  opterr = 0;
  for (int option; (option = getopt_long(argc, argv, ":h", kOptions, &index)) != -1;) {
    const std::string value = optarg != nullptr ? optarg : "";
    if (option == kPid) options.pid = static_cast<int>(WholeNumber("--pid", value, 1, 1 << 22));
    if (option == kCommand) options.command = value;
    if (option == kOnly) options.only.push_back(CheckName("--only", value));
    if (option == kSkip) options.skip.push_back(CheckName("--skip", value));
    if (option == kTimeout) options.timeout_s = WholeNumber("--timeout", value, 1, 3600);
    if (option == kJson) options.json_path = value;
    if (option == kShared) {
      shared.push_back(std::string("--") + kOptions[index].name + "=" + value);
    }
    if (option == kList) options.list = true;
    if (option == 'h') options.help = true;
    if (option == '?' || option == ':') RefuseOption(option, argv, "switchboard-load conform");
  }
  if (options.help || options.list) return options;
  options.has_target = optind < argc;
  Require(options.has_target || !options.command.empty(),
          "say which server: HOST:PORT, or --command 'SERVER {port}' to start one");
  Require(optind + 1 >= argc, "give one HOST:PORT only");
  Require(options.command.empty() || options.command.find("{port}") != std::string::npos,
          "--command needs {port} where the server's port goes");
  Require(options.has_target || options.pid < 0,
          "--pid goes with HOST:PORT; the process of --command is known");
  Require(options.pid < 0 || sys::OpenDescriptors(options.pid) >= 0 ||
              sys::ResidentBytes(options.pid) >= 0,
          "--pid names no process of this machine that may be looked at");
  shared.push_back(options.has_target ? argv[optind] : "127.0.0.1:1");
  options.load = ParseWords(shared);
  return options;
}

std::vector<const Check*> WantedChecks(const ConformOptions& options) {
  const auto has = [](const std::vector<std::string>& list, const Check& check) {
    return std::ranges::find(list, check.name) != list.end();
  };
  std::vector<const Check*> wanted;
  for (const Check& check : Checks()) {
    const bool asked_for = options.only.empty() || has(options.only, check);
    if (asked_for && !has(options.skip, check)) wanted.push_back(&check);
  }
  return wanted;
}

sys::Address Reachable(const std::string& target) {
  const std::vector<sys::Address> addresses = sys::Resolve(sys::ParseEndpoint(target));
  for (const sys::Address& address : addresses) {
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
  return 1000 * (options.timeout_s > 0 ? options.timeout_s : check.timeout_s);
}

// The server at HOST:PORT.
void Describe(Subject& subject, const ConformOptions& options) {
  subject.address = Reachable(options.load.target);
  subject.pid = options.pid;
  subject.greeting = GreetingOf(options, subject.address);
}

// An instance for each check, so that what one has broken does not fail the next.
Finding AskOwnInstance(const ConformOptions& options, const Check& check, Subject& subject) {
  const bool first = subject.callers == 0;
  const StartedServer server(options.command, 0, Deadline(kStartMs));
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

void Print(const Line& line) {
  std::printf("%s  %-24s  %s\n", Name(line.finding.grade), std::string(line.check->name).c_str(),
              line.finding.seen.c_str());
  std::fflush(stdout);
}

// An interrupt counts when a check is over, all of which end in time.
Card FillCard(const ConformOptions& options, const std::atomic<bool>& interrupted) {
  Subject subject;
  subject.command = options.command;
  subject.seed = options.load.seed;
  if (options.has_target) Describe(subject, options);
  Card card;
  for (const Check* const check : WantedChecks(options)) {
    if (interrupted) {
      ++card.not_asked;
      continue;
    }
    const int64_t begin_ms = sys::NowMs();
    Finding finding = options.has_target ? RunCheck(*check, subject, TimeoutMs(options, *check))
                                         : AskOwnInstance(options, *check, subject);
    card.lines.push_back({check, std::move(finding), sys::NowMs() - begin_ms});
    Print(card.lines.back());
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
                      {"target", options.has_target ? options.load.target : options.command},
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
  OutputFile json(options.json_path);
  const Card card = FillCard(options, CatchInterrupts());
  WriteAll(Summary(options, card), {{json, ToJson(options, card).ToString()}});
  return card.Passed() ? 0 : kExitFailed;
}

void PrintList() {
  for (const Check& check : Checks()) {
    std::printf("%-24s  %s\n", std::string(check.name).c_str(), std::string(check.asks).c_str());
  }
}

}  // namespace

int ConformMain(int argc, char** argv) {
  ConformOptions options = Parse(argc, argv);
  if (options.help) std::fputs(kHelp, stdout);
  if (options.list) PrintList();
  return options.help || options.list ? 0 : Conform(std::move(options));
}

}  // namespace switchboard::load
