#include "src/books/counter_table.h"

namespace switchboard {
namespace {

using S = Stats;
using C = Counts<Counter>;

constexpr CounterRow kCallCounters[] = {
    {"accepted", &S::accepted, &C::accepted},
    {"active", &S::active},
};

constexpr CounterRow kByteCounters[] = {
    {"bytes_in", &S::bytes_in, &C::bytes_in},
    {"bytes_out", &S::bytes_out, &C::bytes_out},
    {"lost", &S::bytes_lost, &C::bytes_lost},
    {"discarded", &S::bytes_discarded, &C::bytes_discarded},
    {"buffered", &S::bytes_buffered},
    {"unsolicited", &S::bytes_unsolicited, &C::bytes_unsolicited},
    {"unheard", &S::bytes_unheard, &C::bytes_unheard},
};

constexpr CounterRow kWorkCounters[] = {
    {"reads", &S::reads, &C::reads},
    {"yields", &S::yields, &C::yields},
    {"skipped", &S::skipped, &C::skipped},
    {"queued", &S::queued},
    {"worker_wakes", &S::worker_wakes},
    {"rejected", &S::rejected, &C::rejected},
    {"rejected_by_address", &S::rejected_by_address, &C::rejected_by_address},
    {"checks", &S::checks, &C::checks},
    {"proxy_v1", &S::proxy_v1, &C::proxy_v1},
    {"proxy_v2", &S::proxy_v2, &C::proxy_v2},
    {"proxy_unknown", &S::proxy_unknown, &C::proxy_unknown},
    {"proxy_malformed", &S::proxy_malformed, &C::proxy_malformed},
    {"proxy_untrusted", &S::proxy_untrusted, &C::proxy_untrusted},
    {"proxy_timeout", &S::proxy_timeout, &C::proxy_timeout},
    {"held", &S::held, &C::held},
    {"accept_paused", &S::accept_paused, &C::accept_paused},
    {"paused_descriptors", &S::paused_descriptors, &C::paused_descriptors},
    {"paused_memory", &S::paused_memory, &C::paused_memory},
    {"accept_failed", &S::accept_failed, &C::accept_failed},
    {"no_memory", &S::no_memory, &C::no_memory},
    {"register_failed", &S::register_failed, &C::register_failed},
    {"log_dropped", &S::log_dropped},
};

void AddRows(Stats& stats, const Counts<Counter>& counted, std::span<const CounterRow> rows) {
  for (auto at = rows.rbegin(); at != rows.rend(); ++at) {
    const CounterRow& row = *at;
    if (row.counted != nullptr) stats.*row.total += (counted.*row.counted).Get();
  }
}

}  // namespace

std::span<const CounterRow> CallCounters() { return kCallCounters; }
std::span<const CounterRow> ByteCounters() { return kByteCounters; }
std::span<const CounterRow> WorkCounters() { return kWorkCounters; }

void AddTo(Stats& stats, const Counts<Counter>& counted) {
  AddRows(stats, counted, kWorkCounters);
  AddRows(stats, counted, kByteCounters);
  for (int i = 0; i < kCloseReasons; ++i) {
    stats.closed_by_reason[i] += counted.closed_by_reason[i].Get();
  }
  AddRows(stats, counted, kCallCounters);
}

}  // namespace switchboard
