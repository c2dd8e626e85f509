#include "src/books/counter_table.h"

#include <algorithm>
#include <iterator>

namespace switchboard {
namespace {

using S = Stats;
using N = Counts<uint64_t>;
using C = Counts<Counter>;
using Service = Snapshot::ServiceFigures;
using Pool = Snapshot::PoolFigures;

// In /status.json some keys are longer than in the log.
struct Keys {
  constexpr Keys(const char* both) : log(both), json(both) {}
  constexpr Keys(const char* in_log, const char* in_json) : log(in_log), json(in_json) {}
  std::string_view log, json;
};

template <auto number>
uint64_t Total(const Stats& stats) {
  return stats.*number;
}

template <auto number>
uint64_t OfService(const Service& service) {
  return service.counts.*number;
}

// Without `counted` the total is worked out.
constexpr CounterRow Row(Keys keys, uint64_t S::*total, Counter C::*counted, const Series& series) {
  return {
      .key = keys.log, .json_key = keys.json, .total = total, .counted = counted, .series = series};
}

// A counter of Counts, with one series of the server.
template <uint64_t N::*number, Counter C::*counter>
constexpr CounterRow Counted(Keys keys, const Family& family, std::string_view label_value = {}) {
  return Row(keys, number, counter, {family, Total<number>, label_value});
}

// The same, with a series of each service.
template <uint64_t N::*number, Counter C::*counter>
constexpr CounterRow ByService(Keys keys, const Family& family) {
  return Row(keys, number, counter, {family, OfService<number>});
}

constexpr Family kDropped = {"connections_dropped_total", "Callers dropped after accept, by cause.",
                             "cause"};
constexpr Family kProxyHeaders = {"proxy_headers_total", "PROXY headers, by result.", "result"};
constexpr Family kPauses = {"accept_pauses_total", "Times that accepting stopped, by cause.",
                            "cause"};

uint64_t ProxyRefusals(const Stats& stats) {
  return stats.proxy_malformed + stats.proxy_untrusted + stats.proxy_timeout;
}

// What paused_descriptors and paused_memory leave of all pauses.
uint64_t PausesWhenRefused(const Stats& stats) {
  return stats.accept_paused - stats.paused_descriptors - stats.paused_memory;
}

constexpr CounterRow kCounters[] = {
    ByService<&N::accepted, &C::accepted>("accepted",
                                          {"connections_accepted_total", "Callers accepted."}),
    Row("active", &S::active, nullptr,
        {{"connections_active", "Callers on the line now."},
         [](const Service& service) { return service.active; }}),

    ByService<&N::bytes_in, &C::bytes_in>(
        "bytes_in", {"received_bytes_total", "Bytes read from callers for a service."}),
    ByService<&N::bytes_out, &C::bytes_out>("bytes_out",
                                            {"sent_bytes_total", "Bytes sent back as replies."}),
    ByService<&N::bytes_lost, &C::bytes_lost>(
        {"lost", "bytes_lost"},
        {"lost_bytes_total", "Bytes of replies that a closed connection could not take."}),
    ByService<&N::bytes_discarded, &C::bytes_discarded>(
        {"discarded", "bytes_discarded"},
        {"discarded_bytes_total", "Bytes read and not to be answered."}),
    Row({"buffered", "bytes_buffered"}, &S::bytes_buffered, nullptr,
        {{"buffered_bytes", "Bytes of replies not yet written."}, Total<&S::bytes_buffered>}),
    ByService<&N::bytes_unsolicited, &C::bytes_unsolicited>(
        {"unsolicited", "bytes_unsolicited"},
        {"unsolicited_bytes_total", "Bytes sent without being asked."}),
    ByService<&N::bytes_unheard, &C::bytes_unheard>(
        {"unheard", "bytes_unheard"},
        {"unheard_bytes_total", "Bytes that came in after the server had hung up."}),

    ByService<&N::reads, &C::reads>("reads",
                                    {"reads_total", "Complete reads dispatched to a worker."}),
    Counted<&N::yields, &C::yields>(
        "yields", {"read_yields_total", "Reads that filled their budget and made way."}),
    ByService<&N::skipped, &C::skipped>(
        "skipped", {"turns_skipped_total",
                    "Turns that no service was asked for, as the caller had reset the call."}),
    Row("queued", &S::queued, nullptr,
        {{"pool_queued", "Turns waiting for a worker now."},
         [](const Pool& pool) { return pool.queued; }}),
    Row("worker_wakes", &S::worker_wakes, nullptr,
        {{"pool_wakeups_total", "Sleeping workers woken."},
         [](const Pool& pool) { return pool.wakes; }}),
    Counted<&N::rejected, &C::rejected>(
        "rejected", {"connections_rejected_total", "Callers told busy at a limit."}),
    Counted<&N::rejected_by_address, &C::rejected_by_address>(
        "rejected_by_address", {"connections_rejected_by_address_total",
                                "Of the callers told busy, those beyond --max-per-address."}),
    Counted<&N::checks, &C::checks>(
        "checks",
        {"checks_total", "Calls that a proxy made for itself, to see whether somebody answers."}),
    Counted<&N::proxy_v1, &C::proxy_v1>("proxy_v1", kProxyHeaders, "v1"),
    Counted<&N::proxy_v2, &C::proxy_v2>("proxy_v2", kProxyHeaders, "v2"),
    Counted<&N::proxy_unknown, &C::proxy_unknown>("proxy_unknown", kProxyHeaders, "unknown"),
    Counted<&N::proxy_malformed, &C::proxy_malformed>("proxy_malformed", kProxyHeaders,
                                                      "malformed"),
    Counted<&N::proxy_untrusted, &C::proxy_untrusted>("proxy_untrusted", kProxyHeaders,
                                                      "untrusted"),
    Counted<&N::proxy_timeout, &C::proxy_timeout>("proxy_timeout", kProxyHeaders, "timeout"),
    Counted<&N::held, &C::held>("held", kPauses, "max_connections"),
    // In /status.json "accept_paused" says whether it is paused now.
    Row({"accept_paused", "accept_pauses"}, &S::accept_paused, &C::accept_paused,
        {kPauses, PausesWhenRefused, "refused"}),
    Counted<&N::paused_descriptors, &C::paused_descriptors>("paused_descriptors", kPauses,
                                                            "descriptors"),
    Counted<&N::paused_memory, &C::paused_memory>("paused_memory", kPauses, "memory"),
    Counted<&N::accept_failed, &C::accept_failed>(
        "accept_failed", {"accept_errors_total", "Callers lost between backlog and accept."}),
    Counted<&N::no_memory, &C::no_memory>("no_memory", kDropped, "memory"),
    Counted<&N::register_failed, &C::register_failed>("register_failed", kDropped, "epoll"),
    Row("log_dropped", &S::log_dropped, nullptr,
        {{"log_dropped_total", "Log and trace lines that nobody was ready to take."},
         Total<&S::log_dropped>}),
};

constexpr Series kFurtherSeries[] = {
    {kDropped, ProxyRefusals, "proxy_header"},
    {kProxyHeaders, Total<&S::checks>, "local"},
};

constexpr TimesRow kTimes[] = {
    {"queue_wait",
     &S::queue_wait,
     &Pool::queue_wait,
     {"queue_wait_seconds", "Time from dispatch to a worker's turn."}},
    {"service_time",
     &S::service_time,
     &Service::service_time,
     {"service_time_seconds",
      "Time of a worker's turn; for short ones the mean of some in a row."}},
    {"reactor_time",
     &S::reactor_time,
     &Pool::reactor_time,
     {"reactor_time_seconds", "Time from the reactor's look at what is there to dispatch."}},
    {"write_time",
     &S::write_time,
     &Service::write_time,
     {"write_time_seconds", "Part of a worker's turn that sends the reply."},
     true},
};

// Whoever forgets a row finds out here.
constexpr size_t kCounted =
    std::ranges::count_if(kCounters, [](const CounterRow& row) { return row.counted != nullptr; });
static_assert(sizeof(N) == (kCounted + kCloseReasons) * sizeof(uint64_t),
              "each member of Counts has its row");
static_assert(sizeof(S) == sizeof(N) + (std::size(kCounters) - kCounted) * sizeof(uint64_t) +
                               sizeof(S::listen_overflows) +
                               std::size(kTimes) * sizeof(TimeHistogram),
              "each member of Stats has its row");

}  // namespace

std::span<const CounterRow> Counters() { return kCounters; }
std::span<const TimesRow> Times() { return kTimes; }
std::span<const Series> FurtherSeries() { return kFurtherSeries; }

void AddTo(Stats& stats, const Counts<Counter>& counted) {
  for (int i = 0; i < kCloseReasons; ++i) {
    stats.closed_by_reason[i] += counted.closed_by_reason[i].Get();
  }
  for (auto row = std::rbegin(kCounters); row != std::rend(kCounters); ++row) {
    if (row->counted != nullptr) stats.*row->total += (counted.*row->counted).Get();
  }
}

}  // namespace switchboard
