// The script of a page: that a browser lets it run, and what it then does. The browser's part is
// left out where there is no Chromium.

#include "bench/load/show/page/script.h"

#include <doctest/doctest.h>
#include <stdio.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>

#include "bench/load/measure/verdict.h"
#include "bench/load/show/page/html.h"
#include "tests/load/support.h"
#include "tests/support/files.h"

namespace switchboard::load {
namespace {

// What a command prints.
std::string Output(const std::string& line) {
  FILE* pipe = ::popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int byte; (byte = std::fgetc(pipe)) != EOF;) text += static_cast<char>(byte);
  ::pclose(pipe);
  return text;
}

std::string Base64(const std::string& hex) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bits, text;
  for (const char digit : hex) {
    const int value = std::stoi(std::string(1, digit), nullptr, 16);
    for (int bit = 3; bit >= 0; --bit) bits += (value >> bit & 1) != 0 ? '1' : '0';
  }
  while (bits.size() % 6 != 0) bits += '0';
  for (size_t i = 0; i < bits.size(); i += 6) {
    text += kDigits[static_cast<size_t>(std::stoi(bits.substr(i, 6), nullptr, 2))];
  }
  while (text.size() % 4 != 0) text += '=';
  return text;
}

Report TwoSeconds() {
  Report report = GoodReport();
  report.seconds = 2;
  report.certainty.intervals.push_back({50, 1'000'000, 900'000, 1'100'000});
  report.certainty.intervals.push_back({75, 1'000'000, 800'000, 0});
  for (int64_t bin = 0; bin < 20; ++bin) {
    report.bins.At(bin * Bins::kShortestNs).latency.Record(bin == 7 ? 50'000'000 : 1'000'000, 50);
  }
  report.bins.At(12 * Bins::kShortestNs).errors = 3;
  Judge(report);
  return report;
}

// The page as a browser has it in the end. Empty where there is no browser, or it is too slow.
std::string Browsed(const std::string& html) {
  const test::TempFolder folder;
  const std::string path = folder / "page.html";
  std::ofstream(path) << html;
  return Output("command -v chromium >/dev/null && HOME=" + (folder / "") +
                " timeout 60 chromium --headless --no-sandbox --disable-gpu --window-size=1000,800 "
                "--dump-dom file://" +
                path + " 2>/dev/null");
}

// Points, touches, drags and types in every chart, and writes what is then seen below the page.
constexpr const char* kVisitor = R"(<script>
const seen = [];
window.onerror = (message) => seen.push('failed: ' + message);
document.querySelectorAll('figure.chart').forEach((figure) => {
  const live = figure.querySelector('.live'), picture = live.firstChild;
  const place = picture.getBoundingClientRect();
  const title = figure.querySelector('h3').textContent;
  const say = (what) => {
    const tip = figure.querySelector('.tip');
    const words = tip.hidden ? 'nothing' : [...tip.childNodes].map((n) => n.textContent).join('|');
    seen.push(`${title}: ${what}: ${words}`);
  };
  const point = (type, share, pointerType) => picture.dispatchEvent(new PointerEvent(type, {
    clientX: place.left + share * place.width, clientY: place.top + 60, pointerType, button: 0}));
  const press = (key) => live.dispatchEvent(new KeyboardEvent('keydown', {key}));
  const ticks = () => [...figure.querySelectorAll('.live .label')].map((n) => n.textContent).join();
  point('pointermove', 0.5, 'mouse'); say('hover');
  point('pointerleave', 0.5, 'mouse'); say('left');
  point('pointerdown', 0.7, 'touch'); say('touch');
  press('Home'); say('home'); press('ArrowRight'); say('next');
  for (let i = 0; i < 6; ++i) press('ArrowRight');
  say('right');
  const whole = ticks();
  point('pointerdown', 0.4, 'mouse'); point('pointerup', 0.6, 'mouse');
  seen.push(`${title}: dragged: ${ticks() !== whole}`);
  press('0');
  seen.push(`${title}: whole: ${ticks() === whole}`);
  press('+');
  seen.push(`${title}: closer: ${ticks() !== whole}`);
  press('Escape'); say('escape');
});
const list = document.createElement('pre');
list.id = 'seen';
list.textContent = seen.join('\n');
document.body.append(list);
</script></body>)";

std::string With(std::string html, const std::string& visitor) {
  const std::string end = "</body>";
  return html.replace(html.rfind(end), end.size(), visitor);
}

}  // namespace

TEST_CASE("ThePolicyLetsThePagesScriptRun") {
  const test::TempFolder folder;
  const std::string path = folder / "script.js";
  std::ofstream(path) << ReportScript();
  const std::string sum = Output("sha256sum < " + path).substr(0, 64);
  REQUIRE(sum.size() == 64);
  CHECK(Base64(sum) == kReportScriptSha256);
  const std::string html = ToHtml(TwoSeconds());
  CHECK(html.find("<script>" + ReportScript() + "</script>") != std::string::npos);
  CHECK(html.find("script-src 'sha256-" + Base64(sum) + "'\"") != std::string::npos);
}

TEST_CASE("ValuesAreReadOffByPointerTouchAndKeys") {
  // The visitor is no part of the page, whose policy would not let it run.
  std::string html = With(ToHtml(TwoSeconds()), kVisitor);
  html = std::regex_replace(html, std::regex("<meta http-equiv=\"Content-Security[^>]*>"), "");
  const std::string page = Browsed(html);
  const size_t begin = page.find("<pre id=\"seen\">");
  if (page.empty()) {
    MESSAGE("skipped: no Chromium that answers");
    return;
  }
  REQUIRE(begin != std::string::npos);
  const std::string seen = page.substr(begin, page.find("</pre>", begin) - begin);
  CAPTURE(seen);
  const auto says = [&](const std::string& line) { return seen.find(line) != std::string::npos; };
  CHECK_FALSE(says("failed"));
  for (const char* title : {"Latency by percentile", "Messages per second", "Latency over time",
                            "All latencies over time"}) {
    const std::string name = title;
    CAPTURE(name);
    CHECK(says(name + ": hover: "));
    CHECK_FALSE(says(name + ": hover: nothing"));
    CHECK(says(name + ": left: nothing"));
    CHECK_FALSE(says(name + ": touch: nothing"));
    CHECK_FALSE(says(name + ": home: nothing"));
    CHECK(says(name + ": dragged: true"));
    CHECK(says(name + ": whole: true"));
    CHECK(says(name + ": escape: nothing"));
  }
  CHECK(says("Latency by percentile: home: p50|latency 1 ms|95 % 900 µs to 1.1 ms"));
  CHECK(says("Latency by percentile: next: p75|latency 1 ms|95 % 800 µs to not known"));
  CHECK(says("Messages per second: right: 0.75 s|messages/s 500"));
  CHECK(says("Latency over time: right: 0.75 s|p50 50 ms|"));
  CHECK(says("All latencies over time: right: 0.75 s|messages 50"));
}

TEST_CASE("ThePolicyLetsNothingElseRun") {
  const std::string page = Browsed(With(ToHtml(TwoSeconds()), kVisitor));
  if (page.empty()) {
    MESSAGE("skipped: no Chromium that answers");
    return;
  }
  CHECK(page.find("class=\"live\"") != std::string::npos);  // the page's own did
  CHECK(page.find("<pre id=\"seen\">") == std::string::npos);
}

}  // namespace switchboard::load
