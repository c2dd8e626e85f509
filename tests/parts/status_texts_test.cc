// What the status port shows of a server, from figures that the test makes up: the page and its
// JSON, whose script and readers go by these ids and keys.

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/utf8.h"
#include "src/status/json_text.h"
#include "src/status/metrics_text.h"
#include "src/status/page.h"
#include "src/status/response.h"
#include "src/status/view.h"

namespace switchboard::test {
namespace {

using status::View;

constexpr int64_t kMicrosecond = 1000;

Snapshot::PoolFigures Pool(const std::string& name, uint64_t workers, uint64_t busy = 0,
                           uint64_t queued = 0) {
  Snapshot::PoolFigures pool;
  pool.name = name;
  pool.workers = workers;
  pool.busy = busy;
  pool.queued = queued;
  return pool;
}

Snapshot::ServiceFigures Served(const std::string& name, const std::string& pool,
                                uint64_t active = 0) {
  Snapshot::ServiceFigures service;
  service.name = name;
  service.pool = pool;
  service.active = active;
  return service;
}

Snapshot::ListenerFigures At(const std::string& address, int64_t on_hold = -1,
                             int64_t backlog = -1) {
  Snapshot::ListenerFigures listener;
  listener.address = address;
  listener.service = "echo";
  listener.on_hold = on_hold;
  listener.backlog = backlog;
  return listener;
}

View Serving() {
  View view;
  view.state = "ready";
  view.ready = true;
  view.figures.max_connections = 10000;
  view.figures.pools = {Pool("worker", 4)};
  view.figures.services = {Served("echo", "worker")};
  view.figures.listeners = {At("0.0.0.0:8000", 3, 9)};
  return view;
}

std::string PageOf(const View& view) { return status::Page(view).body; }

// What stands in the element with this id; "(none)" without one.
std::string Shown(const View& view, const std::string& id) {
  const std::string page = PageOf(view), begin = " id=" + id + ">";
  const size_t found = page.find(begin);
  if (found == std::string::npos) return "(none)";
  const size_t text = found + begin.size();
  return page.substr(text, page.find('<', text) - text);
}

size_t CountOf(std::string_view text, std::string_view piece) {
  size_t count = 0;
  for (size_t at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + 1)) {
    ++count;
  }
  return count;
}

bool Holds(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

TEST_CASE("NumbersAreGroupedByThousands") {
  View view = Serving();
  for (const auto& [number, text] : {std::pair<uint64_t, const char*>{0, "0"},
                                     {999, "999"},
                                     {1000, "1,000"},
                                     {123456, "123,456"},
                                     {1234567, "1,234,567"}}) {
    view.figures.total.accepted = number;
    CHECK(Shown(view, "accepted") == text);
  }
}

TEST_CASE("BytesAndTimesHaveTheUnitThatSuitsThem") {
  View view = Serving();
  for (const auto& [bytes, text] : {std::pair<uint64_t, const char*>{0, "0 B"},
                                    {999, "999 B"},
                                    {1000, "1.0 kB"},
                                    {9949, "9.9 kB"},
                                    {10000, "10 kB"},
                                    {12'345'678, "12 MB"},
                                    {5'000'000'000, "5.0 GB"},
                                    {7'000'000'000'000, "7.0 TB"},
                                    {8'000'000'000'000'000, "8.0 PB"},
                                    {4'000'000'000'000'000'000, "4,000 PB"}}) {
    view.figures.total.bytes_in = bytes;
    CHECK(Shown(view, "in") == text);
  }
  // A step of the histogram ends at each power of two of microseconds.
  CHECK(Shown(view, "w0-50") == "–");
  for (const auto& [us, text] :
       {std::pair<int64_t, const char*>{1, "1 µs"}, {4096, "4.1 ms"}, {1 << 22, "4.2 s"}}) {
    view.figures.pools[0].queue_wait = {};
    ++view.figures.pools[0].queue_wait.counts[TimeHistogram::StepOf(us * kMicrosecond)];
    CHECK(Shown(view, "w0-50") == text);
    CHECK(Shown(view, "w0-99") == text);
  }
}

TEST_CASE("EachLineIsTalkingWaitingIdleOrStalledAndNoLineTwice") {
  struct Case {
    uint64_t active, talked, queued, stalled;            // as they are known
    const char *talking, *waiting, *idle, *not_reading;  // as they are shown
  };
  const Case cases[] = {
      {0, 0, 0, 0, "0", "0", "0", "0"},
      {10, 5, 2, 1, "3", "2", "4", "1"},
      {10, 0, 0, 0, "0", "0", "10", "0"},
      {10, 1, 4, 0, "0", "4", "6", "0"},
      // Counted at different moments they may be more than there are lines.
      {10, 99, 0, 0, "10", "0", "0", "0"},
      {10, 99, 99, 0, "0", "10", "0", "0"},
      {10, 99, 99, 99, "0", "0", "0", "10"},
      {10, 99, 99, 4, "0", "6", "0", "4"},
  };
  for (const Case& each : cases) {
    View view = Serving();
    view.figures.total.active = each.active;
    view.figures.talking = each.talked;
    view.figures.pools[0].queued = each.queued;
    view.figures.services[0].stalled = each.stalled;
    CHECK(Shown(view, "nt") == each.talking);
    CHECK(Shown(view, "nw") == each.waiting);
    CHECK(Shown(view, "ni") == each.idle);
    CHECK(Shown(view, "ns") == each.not_reading);
  }
}

std::string LampsOf(const View& view) {
  const std::string page = PageOf(view);
  const size_t begin = page.find("id=lamps ");
  return page.substr(begin, page.find("</ul>", begin) - begin);
}

TEST_CASE("ALampStandsForALineOrForSeveralIfThereAreMany") {
  View view = Serving();
  view.figures.talking = 30;
  view.figures.total.active = 100;
  CHECK(CountOf(LampsOf(view), "<li class=t>") == 30);
  CHECK(CountOf(LampsOf(view), "<li class=i>") == 70);
  CHECK(CountOf(LampsOf(view), "<li>") == 20);
  view.figures.talking = 300;
  view.figures.total.active = 1200;
  CHECK(CountOf(LampsOf(view), "<li class=t>") == 30);
  CHECK(CountOf(LampsOf(view), "<li class=i>") == 90);
  CHECK(CountOf(LampsOf(view), "<li>") == 0);
}

TEST_CASE("APoolShowsItsOperatorsAndItsOwnServices") {
  View view = Serving();
  view.figures.pools.push_back(Pool("many", 1000, 30, 1234));
  view.figures.services.push_back(Served("discard", "many", 7));
  view.figures.services[1].counts.reads = 4321;
  view.figures.pools[0].busy = 1;
  const std::string page = PageOf(view);
  CHECK(Shown(view, "b0") == "1 of 4");
  CHECK(Shown(view, "b1") == "30 of 1,000");
  CHECK(Shown(view, "q1") == "1,234");
  CHECK(Shown(view, "sa1") == "7");
  CHECK(Shown(view, "sr1") == "4,321");
  CHECK(CountOf(page, "<u class=b></u>") == 1 + 24);  // no more than 24 are drawn of a pool
  CHECK(CountOf(page, "<u></u>") == 3);
  CHECK(CountOf(page, "<th>echo") == 1);
  CHECK(CountOf(page, "<th>discard") == 1);
  CHECK(page.find("<th>echo") < page.find("Department many"));
  CHECK(page.find("<th>discard") > page.find("Department many"));
}

TEST_CASE("SaysHowManyAreOnHold") {
  View view = Serving();
  view.figures.listeners.push_back(At("unix:/run/echo"));
  view.figures.listeners.push_back(At("x", 0, 0));
  const std::string page = PageOf(view);
  CHECK(Holds(page, "3 of 9</dd><progress aria-hidden=true max=9 value=3>"));
  CHECK(Holds(page, "unix:/run/echo echo<dd>not known</dd>"));
  CHECK(Holds(page, "0 of 0</dd><progress aria-hidden=true max=1 value=0>"));
  CHECK_FALSE(Holds(page, "nobody is accepted"));
  view.figures.listeners.clear();
  CHECK(Holds(PageOf(view), "nobody is accepted any more"));
}

TEST_CASE("SaysInWhichStateItIs") {
  View view = Serving();
  CHECK(Holds(PageOf(view), "<span id=paused class=tag hidden>"));
  CHECK(Holds(PageOf(view), "class=\"tag ready\">ready</span>"));
  view.figures.accept_paused = true;
  view.ready = false;
  view.state = "draining";
  CHECK(Holds(PageOf(view), "<span id=paused class=tag>"));
  CHECK(Holds(PageOf(view), "class=\"tag \">draining</span>"));
}

TEST_CASE("SaysWhyCallsEnded") {
  View view = Serving();
  view.figures.total.closed_by_reason[static_cast<size_t>(CloseReason::kPeer)] = 3;
  view.figures.total.closed_by_reason[static_cast<size_t>(CloseReason::kWriteTimeout)] = 1;
  CHECK(Shown(view, "c-peer") == "3");
  CHECK(Shown(view, "c-write_timeout") == "1");
  CHECK(Shown(view, "c-reset") == "0");
  CHECK(Holds(PageOf(view), "<dt>write timeout<dd>"));
  CHECK(Holds(PageOf(view), "id=p-peer max=4 value=3>"));
}

// Names of unix sockets are chosen by whoever starts the server.
TEST_CASE("ANameCannotBecomeMarkup") {
  View view = Serving();
  view.figures.listeners[0].address = "unix:/a\"><script>&";
  view.figures.pools[0].name = "<b>";
  view.figures.services[0].pool = "<b>";
  view.figures.services[0].name = "a&b";
  const std::string page = PageOf(view);
  CHECK(Holds(page, "data-hold=\"unix:/a&quot;>&lt;script>&amp;\""));
  CHECK(Holds(page, "Department &lt;b></h2>"));
  CHECK(Holds(page, "<th>a&amp;b"));
  CHECK(CountOf(page, "<script>") == 1);
}

std::string JsonOf(const View& view) { return status::JsonText(view); }

TEST_CASE("TheJsonHasTheSameFigures") {
  View view = Serving();
  view.figures.total.accepted = 12;
  view.figures.total.closed_by_reason[static_cast<size_t>(CloseReason::kDrain)] = 2;
  view.figures.reactor_age_ms = 17;
  view.figures.services[0].counts.bytes_lost = 5;
  view.figures.services[0].service_time.counts[0] = 1;
  view.figures.services[0].service_time.counts[20] = 3;
  view.figures.services[0].service_time.sum_ns = 99;
  const std::string json = JsonOf(view);
  CHECK(json.starts_with("{\"version\":\""));
  CHECK(json.ends_with("}\n"));
  for (const char* piece :
       {"\"state\":\"ready\",\"ready\":true", "\"stopping\":false", "\"max_connections\":10000",
        "\"accepted\":12", "\"drain\":2", "\"reactor_age_ms\":17", "\"bytes_lost\":5",
        "\"name\":\"worker\",\"workers\":4,\"busy\":0,\"queued\":0", "\"on_hold\":3,\"backlog\":9",
        // Only the steps that have something, so that it stays short.
        "\"count\":4,\"sum_ns\":99,\"p50_ns\":1312,\"p99_ns\":1312,\"steps\":[[0,1],[20,3]]"}) {
    CAPTURE(piece);
    CHECK(Holds(json, piece));
  }
  CHECK(CountOf(json, "{") == CountOf(json, "}"));
  CHECK(CountOf(json, "[") == CountOf(json, "]"));
  for (const char* wrong : {",,", "{,", "[,", ",}", ",]", ":,", "}{", "]["}) {
    CAPTURE(wrong);
    CHECK_FALSE(Holds(json, wrong));
  }
}

TEST_CASE("TheJsonOfAServerThatStartsHasEmptyLists") {
  const std::string json = JsonOf({});
  CHECK(Holds(json, "\"state\":\"starting\",\"ready\":false"));
  CHECK(Holds(json, "\"services\":[],\"pools\":[],\"listeners\":[]"));
}

TEST_CASE("WhatHasAMeaningInJsonOrAPageIsEscaped") {
  View view = Serving();
  view.figures.listeners[0].address = "a\"b\\c<d\n\x1f\xc3\xa4";
  CHECK(Holds(JsonOf(view), "\"address\":\"a\\u0022b\\u005cc\\u003cd\\u000a\\u001f\xc3\xa4\""));
}

TEST_CASE("WhatIsNotUtf8IsEscaped") {
  const std::pair<std::string, std::string> kTexts[] = {
      {"", ""},
      {"plain \\", "plain \\"},
      {"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x93\x9e", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x93\x9e"},
      {"\x7f\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
       "\x7f\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
      {"a\xffz", "a\\xffz"},
      {"\x80", "\\x80"},
      {"cut \xe2\x82", "cut \\xe2\\x82"},
      {"\xe2\x82!", "\\xe2\\x82!"},
      {"\xc0\xaf", "\\xc0\\xaf"},                             // overlong
      {"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},                    // the same
      {"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"},           // the same
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},                    // a surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},           // beyond U+10FFFF
      {"\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"},  // beyond that
  };
  for (const auto& [bytes, text] : kTexts) {
    const std::string escaped = AsUtf8(bytes);
    CAPTURE(escaped);
    CHECK(escaped == text);
  }
}

// A name of a service or of a file may hold any byte.
TEST_CASE("WhateverANameHoldsTheTextsAreUtf8") {
  View view = Serving();
  std::string bytes;
  for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
  view.figures.listeners[0].address = "unix:/" + bytes;
  view.figures.listeners[0].service = bytes;
  view.figures.services[0].name = bytes;
  view.figures.services[0].pool = bytes;
  view.figures.pools[0].name = bytes;
  for (const std::string& text : {JsonOf(view), PageOf(view), status::MetricsText(view)}) {
    CHECK(Holds(text, "xfe"));
    CHECK(AsUtf8(text) == text);
  }
  // Two names stay two.
  view.figures.listeners.push_back(At("unix:/\xfe"));
  view.figures.listeners.push_back(At("unix:/\xff"));
  CHECK(Holds(JsonOf(view), "\"unix:/\\u005cxfe\""));
  CHECK(Holds(JsonOf(view), "\"unix:/\\u005cxff\""));
}

TEST_CASE("ARefusalSaysWhatWouldBeRight") {
  for (const int refused : {400, 403, 404, 405, 408, 414, 431, 503, 505}) {
    CAPTURE(refused);
    const std::string bytes = status::ToBytes(status::Refusal(refused), false);
    CHECK(bytes.starts_with("HTTP/1.1 " + std::to_string(refused) + ' '));
    CHECK(status::Refusal(refused).body.size() > 20);
    CHECK(Holds(bytes, "Allow: GET, HEAD\r\n") == (refused == 405));
    CHECK(status::ToBytes(status::Refusal(refused), true).ends_with("\r\n\r\n"));
  }
}

}  // namespace
}  // namespace switchboard::test
