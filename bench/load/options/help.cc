#include "bench/load/options/help.h"

#include <algorithm>
#include <string_view>

#include "bench/load/options/table.h"
#include "src/options/roff.h"

namespace switchboard::load {
namespace {

constexpr size_t kTextColumn = 27;
constexpr size_t kWidth = 92;

constexpr SubcommandText kTexts[] = {
    {kRun, "", "HOST:PORT", "one load against one server",
     "Puts load on an echo server, verifies every byte that comes back, and says how far the "
     "figures may be believed. HOST:PORT may also be [IPV6]:PORT or unix:/path.",
     "The first Ctrl-C ends the run early and reports what was measured, the second ends the "
     "program. Exit status: 0 it was measured (the verdict says how well), 1 nothing was measured, "
     "2 "
     "wrong use, 3 an echo was wrong, 4 a --fail-if held, 5 --strict and not VALID, 6 "
     "TARGET-NOT-REACHED; of several the first of 2, 1, 3, 4, 6, 5."},
    {kCompare, "compare", "NAME=HOST:PORT NAME='COMMAND {port}'...",
     "several servers under the same load, in turn",
     "Puts each target under the same load in turn, in rounds and within a round in random order, "
     "and compares the medians with the first target's. A command is started here with {port} "
     "replaced by a free port of 127.0.0.1, and ended afterwards; what it costs per message is "
     "then "
     "shown too. A load is said as for switchboard-load.",
     "Exit status 3 if a target's echo was wrong; then nothing is compared."},
    {kConform, "conform", "[HOST:PORT]", "whether an echo server does what it should",
     "Asks an echo server whether it does what an echo server should, and prints a card: PASS, "
     "FAIL "
     "or SKIP for each question, with what was seen.",
     "Exit status 0 if all that ran passed, 1 if not, 2 for a wrong command line."},
    {kMerge, "merge", "FILE...", "the runs of several machines in one report",
     "Adds the runs of several machines, made at the same time, into one report, with a row for "
     "each "
     "machine. FILE is what --json wrote, of one run or of several one after another; - is "
     "standard "
     "input.",
     "Exit status as for a run."},
    {kStaff, "staff", "[HOST:PORT]", "how many workers, or lines, so many callers need",
     "Says how many workers it takes for callers not to wait too long, and how long they wait, by "
     "the formulas of call centres: Erlang C, with --cv Allen-Cunneen, with --patience Erlang A, "
     "with --lines Erlang B. One fewer and one more are shown beside. With --rates a server is "
     "measured: messages come at random at each rate, and what its status port says of their waits "
     "stands beside what is predicted, with a verdict.",
     "Callers are taken to come at random and independently of each other. Those who wait for "
     "their echo before they speak again do not: they slow down with the server. Exit status: 0 it "
     "was computed or measured (the verdict says whether the model holds), 1 nothing was measured, "
     "2 wrong use, 3 an echo was wrong, 7 Ctrl-C ended it early; what was measured is shown."},
    {kStaffPlan, "staff plan", "", "how many hosts, CPUs and workers it takes, by simulation",
     "Simulates the server on hosts that may not be here: its reactor, worker pool and wake-ups on "
     "so many CPUs, for up to ten million callers, with the costs that staff calibrate has "
     "measured. Says throughput, percentiles, how busy everybody is, and what the bottleneck is.",
     "The same options simulate the same. What lies beyond the configurations that were compared "
     "with real runs on the host of --costs is called extrapolated, and the bounds that hold "
     "whatever the simulation says stand beside it. Exit status 2 for a wrong command line, 1 if "
     "--costs cannot be read or no number of hosts keeps the objective."},
    {kStaffCalibrate, "staff calibrate", "", "what the steps of the server cost on this host",
     "Measures in some seconds what a read, a write, a wake-up, a round of epoll and a new caller "
     "cost on this host, and how much that varies, for staff plan. Nothing else should run "
     "meanwhile.",
     "Exit status 2 for a wrong command line, 1 if it cannot be measured or written."},
    {kReport, "report", "FILE...", "a page of one run, or of several over each other",
     "Writes the page of a run anew, or lays up to eight runs over each other and says how far "
     "they "
     "differ from the first, with 95 % intervals. FILE is what --json wrote.",
     "Exit status 0, 1 if a file cannot be read or written, 2 for a wrong command line."},
};

// "-c, --connections N".
std::string NameOf(const OptionRow& row) {
  std::string name = row.letter != 0 ? std::string("-") + row.letter + ", --" : "--";
  name += row.name;
  return row.value == nullptr ? name : name + " " + row.value;
}

std::string MeaningOf(const OptionRow& row) {
  return row.help + (row.otherwise == nullptr ? "" : std::string(" (") + row.otherwise + ")");
}

// `text` in lines of kWidth, all but the first indented.
std::string Wrapped(std::string_view text, size_t indent) {
  std::string out;
  while (!text.empty()) {
    size_t end = text.size();
    if (const size_t room = kWidth - indent; end > room) {
      end = text.rfind(' ', room);
      if (end == text.npos) end = std::min(text.find(' '), text.size());
    }
    if (!out.empty()) out += "\n" + std::string(indent, ' ');
    out += text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return out + "\n";
}

std::string HelpLine(const OptionRow& row) {
  std::string name = (row.letter != 0 ? "  " : "      ") + NameOf(row);
  name += name.size() + 2 > kTextColumn ? "\n" + std::string(kTextColumn, ' ')
                                        : std::string(kTextColumn - name.size(), ' ');
  return name + Wrapped(MeaningOf(row), kTextColumn);
}

}  // namespace

std::span<const SubcommandText> Subcommands() { return kTexts; }

const SubcommandText& TextOf(Subcommand subcommand) {
  return *std::ranges::find(kTexts, subcommand, &SubcommandText::subcommand);
}

std::string ProgramName(Subcommand subcommand) {
  const std::string name = TextOf(subcommand).name;
  return name.empty() ? "switchboard-load" : "switchboard-load " + name;
}

std::string HelpText(Subcommand subcommand) {
  const SubcommandText& text = TextOf(subcommand);
  std::string out = "usage: " + ProgramName(subcommand) + " [OPTION]...";
  if (*text.operands != '\0') out += std::string(" ") + text.operands;
  out += "\n\n" + Wrapped(text.about, 0) + "\n";
  for (const OptionRow* row : OptionsOf(subcommand)) out += HelpLine(*row);
  out += "\n" + Wrapped(text.notes, 0);
  if (subcommand != kRun) return out;
  for (const SubcommandText& other : kTexts) {
    if (other.subcommand == kRun) continue;
    out += "\n" + ProgramName(other.subcommand) + ": " + other.summary;
  }
  return out + "\n";
}

std::string ManualPage() {
  std::string out =
      ".TH SWITCHBOARD-LOAD 1\n.SH NAME\nswitchboard\\-load \\- load for echo servers\n";
  for (const SubcommandText& text : kTexts) {
    out += ".SH " + Roff(ProgramName(text.subcommand)) + "\n.B " +
           Roff(ProgramName(text.subcommand)) + "\n[OPTION]... " + Roff(text.operands) + "\n.PP\n" +
           Roff(text.about) + "\n";
    for (const OptionRow* row : OptionsOf(text.subcommand)) {
      out += ".TP\n.B " + Roff(NameOf(*row)) + "\n" + Roff(MeaningOf(*row)) + "\n";
    }
    out += ".PP\n" + Roff(text.notes) + "\n";
  }
  return out;
}

std::string CompletionScript() {
  std::string names, cases, longer;
  for (const SubcommandText& text : kTexts) {
    std::string words;
    for (const OptionRow* row : OptionsOf(text.subcommand)) {
      words += std::string(words.empty() ? "--" : " --") + row->name;
    }
    const std::string name = text.name;
    const bool two_words = name.find(' ') != name.npos;
    const std::string pattern = name.empty() ? "*" : "'" + name + (two_words ? "'" : " '") + "*";
    (two_words ? longer : cases) += "    " + pattern + ") words='" + words + "' ;;\n";
    if (!name.empty() && !two_words) names += " " + name;
  }
  // The pattern that fits every word is the run's, and bash takes the first that fits.
  std::rotate(cases.begin(), cases.begin() + static_cast<long>(cases.find('\n')) + 1, cases.end());
  return "_switchboard_load() {\n  local words\n  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n" +
         longer + cases + "  esac\n  [ \"$COMP_CWORD\" -gt 1 ] || words=\"$words" + names +
         "\"\n  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
         "\"${COMP_WORDS[COMP_CWORD]}\")\n}\n"
         "complete -o default -F _switchboard_load switchboard-load\n";
}

}  // namespace switchboard::load
