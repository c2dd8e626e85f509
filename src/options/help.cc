#include "src/options/help.h"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "src/options/roff.h"
#include "src/options/table.h"
#include "src/services/services.h"

namespace switchboard {
namespace {

constexpr size_t kMeaningColumn = 29;
constexpr size_t kLineColumns = 80;

// "  -l, --listen [ADDRESS:]PORT[=SERVICE]".
std::string Usage(const OptionRow& row) {
  std::string usage = row.letter != 0 ? std::string("  -") + row.letter + ", --" : "      --";
  usage += row.name;
  return row.kind.value.empty() ? usage : usage + ' ' + row.kind.value;
}

void Replace(std::string_view placeholder, const std::string& text, std::string& sentence) {
  const size_t found = sentence.find(placeholder);
  if (found != std::string::npos) sentence.replace(found, placeholder.size(), text);
}

std::string Meaning(const OptionRow& row) {
  std::string meaning = row.meaning;
  if (*row.default_text != 0) meaning += std::string(" (default: ") + row.default_text + ')';
  Replace("{range}", row.kind.range, meaning);
  Replace("{default}", row.kind.initial, meaning);
  return meaning;
}

// Appends the words of `text` to `line` and `lines`, a new line wherever one is full.
void Wrap(const std::string& text, std::string line, size_t indent, std::string& lines) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool first = line.size() <= indent;
    if (!first && line.size() + 1 + word.size() > kLineColumns) {
      lines += line + '\n';
      line.clear();
    }
    line.resize(std::max(line.size(), indent), ' ');
    if (line.size() > indent) line += ' ';
    line += word;
  }
  lines += line + '\n';
}

bool HasCapitals(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// "-l, --listen [ADDRESS:]PORT[=SERVICE]".
std::string Name(const OptionRow& row) {
  const std::string usage = Usage(row);
  return usage.substr(usage.find('-'));
}

// The words of a value that is one of a few, "hold|busy" as "hold busy"; empty for any other. What
// stands for a value in capitals, as in "none|TEXT", is no word.
std::string Choices(const OptionRow& row) {
  if (row.kind.value.find('|') == std::string::npos) return "";
  std::string words;
  std::istringstream choices(row.kind.value);
  for (std::string word; std::getline(choices, word, '|');) {
    if (!HasCapitals(word)) words += (words.empty() ? "" : " ") + word;
  }
  return words;
}

}  // namespace

std::string HelpText() {
  std::string text =
      "Usage: switchboard [OPTION]...\n"
      "A TCP echo server: one edge-triggered epoll reactor and a fixed pool of workers.\n\n";
  for (const OptionRow& row : OptionTable()) {
    std::string line = Usage(row);
    if (line.size() + 2 > kMeaningColumn) {
      text += line + '\n';
      line.clear();
    }
    line.resize(kMeaningColumn, ' ');
    Wrap(Meaning(row), line, kMeaningColumn, text);
  }
  text += "\nSERVICE is one of " + NamesOf(ShippedServices(Options())) + ".\n";
  return text +
         "SIGTERM and SIGINT finish the replies under way and exit; a further one ends the\n"
         "phase that has begun, the drain at once. SIGUSR1 logs all counters.\n";
}

std::string ManualPage() {
  std::string page =
      ".TH SWITCHBOARD 1\n.SH NAME\nswitchboard \\- TCP echo server\n"
      ".SH SYNOPSIS\n.B switchboard\n[OPTION]...\n"
      ".SH DESCRIPTION\n"
      "Answers at TCP and unix sockets, and says back what callers say, byte for byte.\n"
      "One thread multiplexes all connections with edge\\-triggered epoll; a fixed pool of\n"
      "threads writes the echo.\n.SH OPTIONS\n";
  for (const OptionRow& row : OptionTable()) {
    page += ".TP\n.B " + Roff(Name(row)) + "\n" + Roff(Meaning(row)) + "\n";
  }
  page += ".PP\nSERVICE is one of " + Roff(NamesOf(ShippedServices(Options()))) + ".\n";
  return page +
         ".SH SIGNALS\n"
         "SIGTERM and SIGINT finish the replies under way and exit; a further one ends the "
         "phase that has begun, the drain at once.\n"
         "SIGUSR1 logs all counters.\n"
         ".SH EXIT STATUS\n0 after a drain, 1 if the machine refuses, 2 for a wrong command line.\n"
         ".SH SEE ALSO\n.BR switchboard\\-load (1)\n";
}

std::string CompletionScript() {
  std::string names, cases;
  for (const OptionRow& row : OptionTable()) {
    const std::string name = std::string("--") + row.name;
    names += (names.empty() ? "" : " ") + name;
    if (const std::string words = Choices(row); !words.empty()) {
      cases += "    " + name + ") words='" + words + "' ;;\n";
    }
  }
  return "_switchboard() {\n  local words\n  case ${COMP_WORDS[COMP_CWORD-1]} in\n" + cases +
         "    *) words='" + names +
         "' ;;\n  esac\n  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
         "\"${COMP_WORDS[COMP_CWORD]}\")\n}\ncomplete -o default -F _switchboard switchboard\n";
}

}  // namespace switchboard
