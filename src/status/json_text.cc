#include "src/status/json_text.h"

#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

#include "src/base/utf8.h"
#include "src/books/counter_table.h"

namespace switchboard::status {
namespace {

// Commas come by themselves.
class Json {
 public:
  void Open(char bracket) {
    Separate();
    text_ += bracket;
    first_ = true;
  }
  void Close(char bracket) {
    text_ += bracket;
    first_ = false;
  }
  Json& Key(std::string_view key) {
    Value(key);
    text_ += ':';
    first_ = true;
    return *this;
  }
  void Value(std::string_view value) {
    Separate();
    text_ += '"';
    for (const char c : AsUtf8(value)) Append(c);
    text_ += '"';
  }
  void Value(bool value) {
    Separate();
    text_ += value ? "true" : "false";
  }
  void Value(std::integral auto value) {
    Separate();
    text_ += std::to_string(value);
  }
  std::string Take() { return std::move(text_); }

 private:
  void Separate() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  // '<' is escaped, too, so that the text may stand in a page.
  void Append(char c) {
    constexpr const char* kDigits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && c != '"' && c != '\\' && c != '<') {
      text_ += c;
      return;
    }
    text_ += "\\u00";
    text_ += kDigits[byte >> 4];
    text_ += kDigits[byte & 15];
  }

  std::string text_;
  bool first_ = true;
};

void Histogram(const TimeHistogram& times, Json& json) {
  json.Open('{');
  json.Key("count").Value(times.count());
  json.Key("sum_ns").Value(times.sum_ns);
  json.Key("p50_ns").Value(times.PercentileNs(50));
  json.Key("p99_ns").Value(times.PercentileNs(99));
  json.Key("steps").Open('[');
  for (int i = 0; i < TimeHistogram::kSteps; ++i) {
    const uint64_t count = times.counts[static_cast<size_t>(i)];
    if (count == 0) continue;
    json.Open('[');
    json.Value(i);
    json.Value(count);
    json.Close(']');
  }
  json.Close(']');
  json.Close('}');
}

void Closed(const Counts<uint64_t>& counts, Json& json) {
  json.Open('{');
  for (int i = 0; i < kCloseReasons; ++i) {
    json.Key(ToString(static_cast<CloseReason>(i)))
        .Value(counts.closed_by_reason[static_cast<size_t>(i)]);
  }
  json.Close('}');
}

// Of one service or pool, those that are counted of each.
template <typename Part>
void TimesOf(const Part& part, Json& json) {
  for (const TimesRow& row : Times()) {
    if (const TimeHistogram* const times = row.Of(part)) Histogram(*times, json.Key(row.key));
  }
}

void Totals(const Stats& stats, Json& json) {
  for (const CounterRow& row : Counters()) json.Key(row.json_key).Value(stats.*row.total);
}

void Services(const Snapshot& figures, Json& json) {
  json.Open('[');
  for (const auto& each : figures.services) {
    json.Open('{');
    json.Key("name").Value(each.name);
    json.Key("pool").Value(each.pool);
    for (const CounterRow& row : Counters()) {
      if (const auto value = ValueOf(row.series, each)) json.Key(row.json_key).Value(*value);
    }
    json.Key("stalled").Value(each.stalled);
    Closed(each.counts, json.Key("closed"));
    TimesOf(each, json);
    json.Close('}');
  }
  json.Close(']');
}

void Pools(const Snapshot& figures, Json& json) {
  json.Open('[');
  for (const auto& each : figures.pools) {
    json.Open('{');
    json.Key("name").Value(each.name);
    json.Key("workers").Value(each.workers);
    json.Key("busy").Value(each.busy);
    json.Key("queued").Value(each.queued);
    json.Key("wakes").Value(each.wakes);
    TimesOf(each, json);
    json.Close('}');
  }
  json.Close(']');
}

void Listeners(const Snapshot& figures, Json& json) {
  json.Open('[');
  for (const auto& each : figures.listeners) {
    json.Open('{');
    json.Key("address").Value(each.address);
    json.Key("service").Value(each.service);
    json.Key("on_hold").Value(each.on_hold);
    json.Key("backlog").Value(each.backlog);
    json.Close('}');
  }
  json.Close(']');
}

void Processes(const View& view, Json& json) {
  json.Open('[');
  for (size_t i = 0; i < view.processes.size(); ++i) {
    const ProcessView& each = view.processes[i];
    json.Open('{');
    json.Key("number").Value(i + 1);
    json.Key("state").Value(each.state);
    json.Key("pid").Value(each.pid);
    json.Key("restarts").Value(each.restarts);
    Totals(each.counts, json);
    Closed(each.counts, json.Key("closed"));
    json.Close('}');
  }
  json.Close(']');
}

}  // namespace

std::string JsonText(const View& view) {
  const Snapshot& figures = view.figures;
  Json json;
  json.Open('{');
  json.Key("version").Value(std::string_view(SWITCHBOARD_VERSION));
  json.Key("state").Value(view.state);
  json.Key("ready").Value(view.ready);
  json.Key("stopping").Value(view.stopping);
  json.Key("accept_paused").Value(figures.accept_paused);
  json.Key("max_connections").Value(figures.max_connections);
  Totals(figures.total, json);
  json.Key("listen_overflows").Value(figures.total.listen_overflows);
  Closed(figures.total, json.Key("closed"));
  json.Key("talking").Value(figures.talking);
  json.Key("reactor_rounds").Value(figures.reactor_rounds);
  json.Key("reactor_age_ms").Value(figures.reactor_age_ms);
  json.Key("services");
  Services(figures, json);
  json.Key("pools");
  Pools(figures, json);
  json.Key("listeners");
  Listeners(figures, json);
  if (!view.processes.empty()) {
    json.Key("processes");
    Processes(view, json);
  }
  json.Close('}');
  return json.Take() + '\n';
}

}  // namespace switchboard::status
