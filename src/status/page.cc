#include "src/status/page.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/utf8.h"
#include "src/status/page_script.h"
#include "src/status/page_style.h"
#include "src/status/sha256.h"

namespace switchboard::status {
namespace {

// On the board; with more lines than that, each stands for several.
constexpr uint64_t kLamps = 120;
// Drawn for one pool; of the others only the number is said.
constexpr uint64_t kMostOperators = 24;

// "12,345".
std::string Count(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::string Scaled(double number, std::initializer_list<const char*> units) {
  auto unit = units.begin();
  while (number >= 1000 && unit + 1 != units.end()) {
    number /= 1000;
    ++unit;
  }
  const auto tenths = static_cast<uint64_t>(number * 10 + 0.5);
  std::string text = tenths < 100 && unit != units.begin()
                         ? std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10)
                         : Count(static_cast<uint64_t>(number + 0.5));
  return text + ' ' + *unit;
}

std::string Bytes(uint64_t bytes) {
  return Scaled(static_cast<double>(bytes), {"B", "kB", "MB", "GB", "TB", "PB"});
}

std::string Time(const TimeHistogram& times, double percent) {
  if (times.count() == 0) return "–";
  return Scaled(static_cast<double>(times.PercentileNs(percent)) / 1e3, {"µs", "ms", "s"});
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : AsUtf8(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// An element whose text the script keeps up to date.
std::string Live(const char* tag, const std::string& id, const std::string& text) {
  return std::string("<") + tag + " id=" + id + '>' + text + "</" + tag + '>';
}

struct Lines {
  uint64_t talking, waiting, stalled, idle;
};

// The same in the script. Nobody has been asked: of those on the line, it is known how many wait
// for a worker, do not read, and have spoken in the last second.
Lines LinesOf(const Snapshot& figures) {
  Lines lines{};
  for (const auto& service : figures.services) lines.stalled += service.stalled;
  for (const auto& pool : figures.pools) lines.waiting += pool.queued;
  lines.stalled = std::min(lines.stalled, figures.total.active);
  const uint64_t rest = figures.total.active - lines.stalled;
  lines.waiting = std::min(lines.waiting, rest);
  lines.talking = std::min(figures.talking, rest);
  lines.talking -= std::min(lines.talking, lines.waiting);
  lines.idle = rest - lines.talking - lines.waiting;
  return lines;
}

std::string Lamps(const Lines& lines, uint64_t active) {
  const uint64_t each = std::max<uint64_t>(1, (active + kLamps - 1) / kLamps);
  std::string kinds;
  const auto add = [&](char kind, uint64_t count) {
    kinds.append((count + each - 1) / each, kind);
  };
  add('s', lines.stalled);
  add('w', lines.waiting);
  add('t', lines.talking);
  add('i', lines.idle);
  kinds.resize(kLamps, ' ');
  // Scattered over the board.
  std::string scattered(kLamps, ' ');
  for (size_t i = 0; i < kLamps; ++i) scattered[i * 37 % kLamps] = kinds[i];
  std::string text = "<ul class=lamps id=lamps aria-hidden=true>";
  for (const char kind : scattered) {
    text += kind == ' ' ? "<li>" : std::string("<li class=") + kind + '>';
  }
  return text + "</ul>";
}

std::string Board(const Snapshot& figures) {
  const Lines lines = LinesOf(figures);
  const auto key = [](const char* kind, const char* meaning, uint64_t count) {
    return std::string("<li><i class=") + kind + "></i><span>" +
           Live("b", std::string("n") + kind, Count(count)) + ' ' + meaning + "</span>";
  };
  return "<section class=board><h2>Lines</h2><p class=big>" +
         Live("b", "active", Count(figures.total.active)) + " <small>of " +
         Count(static_cast<uint64_t>(figures.max_connections)) + " on the line " +
         Live("span", "each", "") + "</small></p><ul class=key>" +
         key("t", "talking", lines.talking) + key("w", "waiting for a worker", lines.waiting) +
         key("i", "idle", lines.idle) + key("s", "not reading the echo", lines.stalled) + "</ul>" +
         Lamps(lines, figures.total.active) + "</section>";
}

std::string Desk(const Snapshot& figures, size_t index) {
  const auto& pool = figures.pools[index];
  const std::string i = std::to_string(index);
  std::string text = "<section class=\"card desk\"><h2>Department " + Escaped(pool.name) +
                     "</h2><div class=ops id=o" + i + " aria-hidden=true>";
  for (uint64_t k = 0; k < std::min(pool.workers, kMostOperators); ++k) {
    text += k < pool.busy ? "<u class=b></u>" : "<u></u>";
  }
  text += "</div><dl><dt>Operators busy<dd>" +
          Live("b", "b" + i, Count(pool.busy) + " of " + Count(pool.workers)) + "<dt>Queue<dd>" +
          Live("b", "q" + i, Count(pool.queued)) + "<dt>Wait, median<dd>" +
          Live("b", "w" + i + "-50", Time(pool.queue_wait, 50)) + "<dt>Wait, 99 %<dd>" +
          Live("b", "w" + i + "-99", Time(pool.queue_wait, 99)) +
          "</dl><table><caption hidden>Services</caption><thead><tr><th>" +
          Live("span", "since" + i, "since the start") +
          "<th>lines<th>messages<th>p50<th>p99<tbody>";
  for (size_t s = 0; s < figures.services.size(); ++s) {
    const auto& service = figures.services[s];
    if (service.pool != pool.name) continue;
    const std::string n = std::to_string(s);
    text += "<tr><th>" + Escaped(service.name) + Live("td", "sa" + n, Count(service.active)) +
            Live("td", "sr" + n, Count(service.counts.reads)) +
            Live("td", "s" + n + "-50", Time(service.service_time, 50)) +
            Live("td", "s" + n + "-99", Time(service.service_time, 99));
  }
  return text + "</table></section>";
}

std::string OnHold(const Snapshot& figures) {
  std::string text = "<section class=card><h2>On hold</h2>";
  for (const auto& each : figures.listeners) {
    const bool known = each.on_hold >= 0;
    const std::string held = known ? std::to_string(each.on_hold) : "0";
    text += "<dl data-hold=\"" + Escaped(each.address) + "\"><dt>" + Escaped(each.address) + ' ' +
            Escaped(each.service) + "<dd>" +
            (known ? Count(static_cast<uint64_t>(each.on_hold)) + " of " +
                         Count(static_cast<uint64_t>(each.backlog))
                   : "not known") +
            "</dd><progress aria-hidden=true max=" +
            std::to_string(std::max<int64_t>(each.backlog, 1)) + " value=" + held +
            "></progress></dl>";
  }
  if (figures.listeners.empty()) text += "<p>nobody is accepted any more</p>";
  return text + "<dl><dt>Callers accepted<dd>" +
         Live("b", "accepted", Count(figures.total.accepted)) + "<dt>Times held at the limit<dd>" +
         Live("b", "held", Count(figures.total.held)) + "<dt>Told busy<dd>" +
         Live("b", "rejected", Count(figures.total.rejected)) + "</dl></section>";
}

std::string Traffic(const Snapshot& figures) {
  const Stats& total = figures.total;
  return "<section class=card><h2>Traffic</h2><div id=live hidden><p class=big>" +
         Live("b", "rate", "0") +
         " <small>messages a second</small></p><svg id=spark viewBox=\"0 0 120 40\" "
         "preserveAspectRatio=none role=img aria-label=\"Messages a second over two minutes\">"
         "<path class=area id=area /><path id=curve /></svg><p>two minutes, at most " +
         Live("b", "top", "0") + " a second</p></div><dl><dt>Bytes in<dd>" +
         Live("b", "in", Bytes(total.bytes_in)) + " <small id=inr></small><dt>Bytes out<dd>" +
         Live("b", "out", Bytes(total.bytes_out)) + " <small id=outr></small><dt>Lost<dd>" +
         Live("b", "lost", Bytes(total.bytes_lost)) + "</dl></section>";
}

std::string Ends(const Snapshot& figures) {
  std::string text = "<section class=card><h2>Why calls ended</h2><dl>";
  for (int i = 0; i < kCloseReasons; ++i) {
    const char* const reason = ToString(static_cast<CloseReason>(i));
    const uint64_t count = figures.total.closed_by_reason[static_cast<size_t>(i)];
    std::string words = reason;
    std::ranges::replace(words, '_', ' ');
    text += "<dt>" + words + "<dd>" + Live("b", std::string("c-") + reason, Count(count)) +
            "</dd><progress aria-hidden=true id=p-" + reason +
            " max=" + std::to_string(std::max<uint64_t>(figures.total.closed(), 1)) +
            " value=" + std::to_string(count) + "></progress>";
  }
  return text + "</dl></section>";
}

std::string Processes(const View& view) {
  if (view.processes.empty()) return "";
  std::string text =
      "<section class=card><h2>Processes</h2><table><thead><tr><th>number<th>state<th>lines"
      "<th>messages<th>restarts<tbody>";
  for (size_t i = 0; i < view.processes.size(); ++i) {
    const ProcessView& each = view.processes[i];
    const std::string n = std::to_string(i);
    text += "<tr><th>" + std::to_string(i + 1) + Live("td", "ps" + n, each.state) +
            Live("td", "pa" + n, Count(each.counts.active)) +
            Live("td", "pr" + n, Count(each.counts.reads)) +
            Live("td", "px" + n, Count(each.restarts));
  }
  return text + "</table></section>";
}

}  // namespace

Response Page(const View& view) {
  const Snapshot& figures = view.figures;
  std::string body =
      "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
      "content=\"width=device-width,initial-scale=1\"><title>Switchboard</title><link rel=icon "
      "href=\"data:,\"><style>";
  body += kStyle;
  body += "</style><header><h1>Switchboard</h1><span id=paused class=tag";
  body += figures.accept_paused ? "" : " hidden";
  body += std::string(">accept paused</span><span role=status id=state class=\"tag ") +
          (view.ready ? "ready" : "") + "\">" + view.state +
          "</span></header><main><svg id=cords aria-hidden=true></svg>";
  body += Board(figures) + "<div class=desks>";
  for (size_t i = 0; i < figures.pools.size(); ++i) body += Desk(figures, i);
  body += "</div><div class=more>" + OnHold(figures) + Traffic(figures) + Ends(figures) +
          Processes(view) +
          "</div></main><footer>Switchboard " SWITCHBOARD_VERSION
          ". Talking is who spoke within the last whole second. <noscript>Without script: as it "
          "stood when the page was loaded, since the start.</noscript></footer><script>";
  body += kScript;
  body += "</script></html>";
  static const std::string policy =
      "default-src 'none'; style-src 'sha256-" + Sha256Base64(kStyle) + "'; script-src 'sha256-" +
      Sha256Base64(kScript) +
      "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'";
  return {.type = "text/html; charset=utf-8", .body = std::move(body), .policy = policy};
}

}  // namespace switchboard::status
