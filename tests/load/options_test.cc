// The command line of the load harness.

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "bench/load/options/command_line.h"
#include "bench/load/options/help.h"
#include "bench/load/options/table.h"
#include "tests/load/support.h"

namespace switchboard::load {
namespace {

CommandLine LineOf(std::initializer_list<std::string> arguments) {
  const auto parse = [](int argc, char** argv) { return ParseCommandLine(kRun, argc, argv); };
  return ParseWith(parse, "switchboard-load", arguments);
}
Options Parse(std::initializer_list<std::string> arguments) {
  const CommandLine line = LineOf(arguments);
  return CompleteLoad(line, line.operands.empty() ? "" : line.operands.front());
}
std::string Refusal(std::initializer_list<std::string> arguments) {
  return RefusalBy(Parse, arguments);
}

TEST_CASE("HasTheDocumentedDefaults") {
  const Options options = Parse({"127.0.0.1:8000"});
  // Those of a program that fills in Options itself are the same.
  CHECK(options.connections == Options().connections);
  CHECK(options.duration_s == Options().duration_s);
  CHECK(options.warmup_s == Options().warmup_s);
  CHECK(options.target == "127.0.0.1:8000");
  CHECK(options.connections == 1);
  CHECK(options.threads == 1);
  CHECK(options.min_size_bytes == 64);
  CHECK(options.max_size_bytes == 64);
  CHECK(options.duration_s == 10);
  CHECK(options.messages == 0);
  CHECK(options.warmup_s == 1);
  CHECK(options.depth == 1);
  CHECK_FALSE(options.IsOpenLoop());
  CHECK_FALSE(options.IsChurn());
  CHECK(options.source_auto);
  CHECK(options.greeting == Greeting::kAuto);
}

TEST_CASE("KeepsTheLineAsAShellTakesIt") {
  const CommandLine line =
      LineOf({"h:1", "--title", "It's <b> & $HOME", "--note=", "-c", "2", "--note", "a*b"});
  CHECK(line.title == "It's <b> & $HOME");
  CHECK(line.notes == std::vector<std::string>{"", "a*b"});
  CHECK(line.as_typed ==
        "switchboard-load h:1 --title 'It'\\''s <b> & $HOME' --note= -c 2 --note 'a*b'");
  CHECK(Refusal({"h:1", "--title", "\xff"}).find("UTF-8") != std::string::npos);
  CHECK(Refusal({"h:1", "--note", "\xff"}).find("UTF-8") != std::string::npos);
}

TEST_CASE("UnderstandsEveryOption") {
  const Options options = Parse({"-c",
                                 "64",
                                 "-t2",
                                 "--size=10-1000",
                                 "-d",
                                 "2.5",
                                 "--warmup",
                                 "0",
                                 "--rate",
                                 "1000",
                                 "--arrivals",
                                 "poisson",
                                 "--connect-rate",
                                 "500",
                                 "--source",
                                 "127.0.0.2,127.0.0.3",
                                 "--greeting",
                                 "hi\\n\\x41\\\\",
                                 "--seed",
                                 "9",
                                 "--quiet",
                                 "[::1]:8000"});
  CHECK(options.connections == 64);
  CHECK(options.threads == 2);
  CHECK(options.min_size_bytes == 10);
  CHECK(options.max_size_bytes == 1000);
  CHECK(options.duration_s == 2.5);
  CHECK(options.warmup_s == 0);
  CHECK(options.rate == 1000);
  CHECK(options.arrivals == Arrivals::kPoisson);
  CHECK(options.connect_rate == 500);
  CHECK(options.sources == std::vector<std::string>{"127.0.0.2", "127.0.0.3"});
  CHECK_FALSE(options.source_auto);
  CHECK(options.greeting == Greeting::kText);
  CHECK(options.greeting_text == "hi\nA\\");
  CHECK(options.seed == 9);
  CHECK(options.quiet);
  CHECK(Parse({"--depth", "8", "unix:/run/echo"}).depth == 8);
  CHECK(Parse({"-c", "100", "--ramp", "2", "1.2.3.4:5"}).connect_rate == 50);
  CHECK(Parse({"--greeting", "none", "1.2.3.4:5"}).greeting == Greeting::kNone);
  CHECK(Parse({"--greeting", "", "1.2.3.4:5"}).greeting == Greeting::kNone);
  CHECK(Parse({"--greeting", "\\x6eone", "1.2.3.4:5"}).greeting_text == "none");
}

TEST_CASE("UnderstandsWhereResultsGo") {
  const Outputs outputs = LineOf({"--json", "a", "--csv", "b", "--html", "c"}).outputs;
  CHECK(outputs.json_path == "a");
  CHECK(outputs.csv_path == "b");
  CHECK(outputs.html_path == "c");
}

TEST_CASE("UnderstandsUnitsEverywhere") {
  const Options options = Parse({"-d", "500ms", "--warmup", "100us", "-r", "2.5k", "-s", "1K-64K",
                                 "-c", "1k", "--ramp", "2m", "1.2.3.4:5"});
  CHECK(options.duration_s == 0.5);
  CHECK(options.warmup_s == doctest::Approx(1e-4));
  CHECK(options.rate == 2500);
  CHECK(options.min_size_bytes == 1024);
  CHECK(options.max_size_bytes == 65536);
  CHECK(options.connections == 1000);
  CHECK(options.connect_rate == doctest::Approx(1000.0 / 120));
  CHECK(Parse({"-d", "10s", "1.2.3.4:5"}).duration_s == 10);
  CHECK(Parse({"-n", "1M", "1.2.3.4:5"}).messages == 1'000'000);
  CHECK(Parse({"-s", "64kB", "1.2.3.4:5"}).max_size_bytes == 64'000);
  CHECK(Parse({"--seed", "9007199254740993", "1.2.3.4:5"}).seed == 9007199254740993);
}

TEST_CASE("ANumberOfMessagesReplacesTheDuration") {
  CHECK(Parse({"-n", "1000", "1.2.3.4:5"}).duration_s == 0);
  CHECK(Parse({"-n", "1000", "-d", "3", "1.2.3.4:5"}).duration_s == 3);
}

TEST_CASE("ScheduledCallsHaveAMessageAndRoomByDefault") {
  const Options options = Parse({"--calls-per-second", "100", "1.2.3.4:5"});
  CHECK(options.messages_per_call == 1);
  CHECK(options.connections == 1000);
}

TEST_CASE("ScheduledCallsFitTheDescriptorsOfAProcess") {
  // The limit that counts is the hard one, which nobody can raise again: so in a process of its
  // own.
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit hard{.rlim_cur = 256, .rlim_max = 256};
    if (::setrlimit(RLIMIT_NOFILE, &hard) != 0) ::_exit(99);
    const Options options = Parse({"--calls-per-second", "10", "1.2.3.4:5"});
    ::_exit(options.connections > 100 && options.connections < 256 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("UnderstandsObjectives") {
  Options options = Parse({"--slo", "p99=1ms", "1.2.3.4:5"});
  CHECK(options.slo_percentile == 99);
  CHECK(options.slo_limit_ns == 1'000'000);
  options = Parse({"--slo", "p999=1.5s", "1.2.3.4:5"});
  CHECK(options.slo_percentile == 99.9);
  CHECK(options.slo_limit_ns == 1'500'000'000);
  CHECK(Parse({"--slo", "max=200us", "1.2.3.4:5"}).slo_percentile == 100);
  CHECK(Parse({"--slo", "p95=1ms", "1.2.3.4:5"}).slo_percentile == 95);
  CHECK(Parse({"--slo", "p99.9=1ms", "1.2.3.4:5"}).slo_percentile == 99.9);
}

TEST_CASE("StepsOfASearchAreShortUnlessALengthIsGiven") {
  CHECK(Parse({"--slo", "p99=1ms", "1.2.3.4:5"}).duration_s == 2);
  CHECK(Parse({"--slo", "p99=1ms", "1.2.3.4:5"}).warmup_s == 0.3);
  const Options options = Parse({"--slo", "p99=1ms", "-d60", "--warmup", "5", "1.2.3.4:5"});
  CHECK(options.duration_s == 60);
  CHECK(options.warmup_s == 5);
  CHECK(Refusal({"--slo", "p99=1ms", "-n9", "1.2.3.4:5"}).find("--messages") == 0);
}

TEST_CASE("UnderstandsPatience") {
  CHECK_FALSE(Parse({"1.2.3.4:5"}).HasPatience());
  CHECK(Parse({"1.2.3.4:5"}).service_level_ns == 0);
  const Options options = Parse({"--patience", "lognormal:5ms:2", "1.2.3.4:5"});
  CHECK(options.patience == "lognormal:5ms:2");
  CHECK(options.service_level_ns == 20'000'000);
  const std::string target = "1.2.3.4:5";
  CHECK(Parse({"--patience=1s", "--service-level=3ms", target}).service_level_ns == 3'000'000);
  CHECK(Parse({"--service-level", "3ms", target}).service_level_ns == 3'000'000);
  CHECK(Refusal({"--patience", "1s", "--slo", "p99=1ms", target}).find("--patience") == 0);
  CHECK(Refusal({"--service-level", "1s", "--slo", "p99=1ms", target}).find("--service") == 0);
  // A file is read when the run begins, and not before.
  CHECK(Parse({"--patience", "file:/none/at/all", target}).HasPatience());
}

TEST_CASE("AnAnatomyNeedsAStatusPort") {
  const CommandLine line = LineOf({"--anatomy", "--status", "127.0.0.1:9100", "1.2.3.4:5"});
  CHECK(line.anatomy);
  CHECK(line.status == "127.0.0.1:9100");
  CHECK(Refusal({"--anatomy", "1.2.3.4:5"}).find("--anatomy") == 0);
  CHECK(Refusal({"--status", "9100", "1.2.3.4:5"}).find("--anatomy") == 0);
  const auto search = {std::string("--anatomy"), std::string("--status=9"),
                       std::string("--slo=p99=1ms"), std::string("1.2.3.4:5")};
  CHECK(Refusal(search).find("--anatomy cannot go with --slo") == 0);
}

TEST_CASE("RefusesValuesOutOfRange") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> wrong = {
      {"connections", {"0", "-1", "4294967297", "1x", "x", "", " 1", "1.5", "+1"}},
      {"threads", {"0", "-1", "4294967297", "1x", "1025", ""}},
      {"size", {"0", "-5", "5-", "-", "10-5", "1-4294967297", "4294967297", "1-2-3", ""}},
      {"duration", {"0", "-1", "1x", "1 s", "inf", "nan", "4294967297", "1e3", "-1ms", ""}},
      {"messages", {"0", "-1", "99999999999999999999", "1e6", ""}},
      {"warmup", {"-1", "-0", "x", "4294967297", ""}},
      {"depth", {"0", "-1", "4294967297", "1.5", ""}},
      {"rate", {"0", "0.0001", "-1", "4294967297", "10kk", "2G", ""}},
      {"arrivals", {"normal", ""}},
      {"connect-rate", {"0", "0.0000001", "-1", "4294967297", ""}},
      {"ramp", {"0", "-1", "4294967297", ""}},
      {"calls-per-second", {"0", "0.0000001", "-1", "4294967297", ""}},
      {"messages-per-call", {"0", "-1", "4294967297", ""}},
      {"source", {"localhost", "127.0.0.1,", "300.0.0.1", ""}},
      {"greeting", {"\\q", "\\", "\\x", "\\x4"}},
      {"slo",
       {"p99", "p0=1ms", "p100=1ms", "p101=1ms", "q99=1ms", "p99=1", "p99=2h", "p99=-1ms",
        "p99=0ms", "p99=ms", "p99=2s ", ""}},
      {"patience",
       {"5", "0ms", "-5ms", "2h", "exp:", "exp:5", "uniform:5ms", "uniform:9ms-1ms",
        "lognormal:5ms", "lognormal:5ms:nan", "file:", "gauss:5ms", "cpu:5ms", ""}},
      {"service-level", {"20", "0ms", "-1ms", "2h", "ms", "x", ""}},
      {"seed", {"0", "-1", "99999999999999999999", ""}},
      {"json", {""}},
      {"csv", {""}},
      {"html", {""}},
      {"hgrm", {""}},
  };
  for (const auto& [name, values] : wrong) {
    const std::string option = name;  // clang's lambdas take no structured binding
    for (const std::string& value : values) {
      CAPTURE(option);
      CAPTURE(value);
      const std::string refusal = Refusal({"--" + option + "=" + value, "1.2.3.4:5"});
      CHECK(refusal.find("--" + option + " cannot be '" + value + "'; ") == 0);
    }
  }
}

TEST_CASE("RefusesWhatDoesNotGoTogether") {
  CHECK(Refusal({"-t", "2", "1.2.3.4:5"}).find("--threads") == 0);
  CHECK(Refusal({"-r", "10", "--calls-per-second", "5", "1.2.3.4:5"}).find("--rate") == 0);
  CHECK(Refusal({"-r", "10", "--slo", "p99=1ms", "1.2.3.4:5"}).find("--slo") == 0);
  CHECK(Refusal({"-r", "10", "--depth", "2", "1.2.3.4:5"}).find("--depth") == 0);
  CHECK(Refusal({"--arrivals", "poisson", "1.2.3.4:5"}).find("--arrivals") == 0);
  CHECK(Refusal({"--ramp", "1", "--connect-rate", "5", "1.2.3.4:5"}).find("--ramp") == 0);
  for (const std::string option : {"--ramp", "--connect-rate"}) {
    CHECK(
        Refusal({option, "1", "--calls-per-second", "5", "1.2.3.4:5"}).find(option + " is for ") ==
        0);
  }
}

TEST_CASE("HelpMayBeAskedForAnywhere") {
  CHECK(LineOf({"1.2.3.4:5", "--help"}).help);
  CHECK(LineOf({"-c", "5", "-h"}).help);
  CHECK(LineOf({"--quiet", "--version"}).version);
  CHECK_FALSE(LineOf({"1.2.3.4:5"}).help);
}

TEST_CASE("HelpManualAndCompletionNameEveryOption") {
  const std::string manual = ManualPage(), completion = CompletionScript();
  for (const SubcommandText& text : Subcommands()) {
    const std::string help = HelpText(text.subcommand);
    CHECK(completion.find(text.name) != std::string::npos);
    for (const OptionRow* row : OptionsOf(text.subcommand)) {
      const std::string option = std::string("--") + row->name;
      CAPTURE(option);
      CHECK(help.find(option) != std::string::npos);
      CHECK(completion.find(option) != std::string::npos);
    }
  }
  CHECK(HelpText(kRun).find("  -c, --connections N      connections to open (1)\n") !=
        std::string::npos);
  CHECK(HelpText(kCompare).find("each turn (1)") != std::string::npos);
  CHECK(manual.find(".B \\-c, \\-\\-connections N\nconnections to open (1)\n") !=
        std::string::npos);
}

TEST_CASE("LinesOfHelpFitATerminal") {
  for (const SubcommandText& text : Subcommands()) {
    const std::string help = HelpText(text.subcommand);
    for (size_t begin = 0, end; (end = help.find('\n', begin)) != help.npos; begin = end + 1) {
      CHECK(end - begin <= 92);
    }
  }
}

TEST_CASE("RefusesUnknownOptionsAndTargets") {
  CHECK(Refusal({"--nonsense", "1.2.3.4:5"}).find("'--nonsense'") != std::string::npos);
  CHECK(Refusal({"1.2.3.4:5", "-c"}).find("'-c' needs a value") != std::string::npos);
  CHECK(Refusal({"-xyz", "1.2.3.4:5"}).find("'-x' is not known") != std::string::npos);
  CHECK(Refusal({"--quiet", "-xyz", "1.2.3.4:5"}).find("'-x' is not known") != std::string::npos);
  CHECK(Refusal({"1.2.3.4:5", "--quiet", "-hc"}).find("'-c' needs a value") != std::string::npos);
  CHECK(Refusal({"--rate"}).find("'--rate' needs a value") != std::string::npos);
  CHECK(Refusal({"--conn", "5", "1.2.3.4:5"}).find("short for several") != std::string::npos);
  CHECK(Refusal({"--quiet=1", "1.2.3.4:5"}).find("'--quiet=1' takes no value") !=
        std::string::npos);
  CHECK(Refusal({"--help=1"}).find("'--help=1' takes no value") != std::string::npos);
  CHECK(Refusal({"--json=a", "-xz"}).find("'-x' is not known") != std::string::npos);
  CHECK(Refusal({"unix:/a\xff"}).find("is not UTF-8") != std::string::npos);
  for (const std::string target : {"nowhere", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", ":5",
                                   "1.2.3.4:0", "1.2.3.4:5x", "::1:5", "unix:"}) {
    CAPTURE(target);
    CHECK_FALSE(Refusal({target}).empty());
  }
}

}  // namespace
}  // namespace switchboard::load
