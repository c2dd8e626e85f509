#include "bench/load/staff/formulas.h"

#include <algorithm>
#include <cmath>

namespace switchboard::load {
namespace {

// exp(-z) - 1 + z with the sign changed, without the loss of digits of that difference.
double Bend(double z) {
  if (std::abs(z) > 0.01) return -std::expm1(-z) - z;
  double term = z, sum = 0;
  for (int i = 2; i <= 8; ++i) sum += term *= -z / i;
  return sum;
}

// Gauss-Legendre with eight points in each of so many panels: exact to the last digits for a
// function that changes by a few powers of e in a panel.
template <typename Function>
double Integral(double from, double to, Function f) {
  constexpr double kPoints[] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
                                0.9602898564975363};
  constexpr double kWeights[] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                 0.1012285362903763};
  constexpr int kPanels = 128;
  if (!(from < to)) return 0;
  const double half = (to - from) / kPanels / 2;
  double sum = 0;
  for (int panel = 0; panel < kPanels; ++panel) {
    const double middle = from + (2 * panel + 1) * half;
    for (int i = 0; i < 4; ++i) {
      sum += kWeights[i] * (f(middle - half * kPoints[i]) + f(middle + half * kPoints[i]));
    }
  }
  return sum * half;
}

// The wait of a caller of Erlang A who would wait for ever. Its density at x > 0 goes with
// exp(arrivals * (1 - exp(-x / patience)) * patience - services * x), which has one peak, maybe at
// 0. Everything is relative to that peak, as the value there can be beyond any number.
class OfferedWait {
 public:
  OfferedWait(const Demand& demand, int64_t servers)
      : arrivals_(demand.rate),
        services_(static_cast<double>(servers) / demand.service_s),
        hang_ups_(1 / demand.patience_s) {
    const double excess = std::max(arrivals_ / services_ - 1, 0.0);
    peak_ = std::log1p(excess) / hang_ups_;
    const double height = services_ / hang_ups_ * (excess - std::log1p(excess));
    from_ = std::max(0.0, Edge(-1));
    to_ = Edge(1);
    const double below = std::exp(-height) / ErlangB(servers - 1, demand.Load());
    const double above = arrivals_ * Sum(from_, to_, [](double) { return 1.0; });
    scale_ = arrivals_ / (below + above);
    none_ = 1 / (1 + above / below);
  }

  // The part of the callers who do not have to wait, to its last digits also where it is tiny.
  double None() const { return none_; }

  // The mean of `weight` over all who have to wait from `from` to `to`, times their part of all.
  template <typename Weight>
  double Mean(double from, double to, Weight weight) const {
    return scale_ * Sum(std::max(from, from_), std::min(to, to_), weight);
  }

 private:
  // All of it changes within a patience of 0 or of the peak, which can be a sliver of the range
  // that counts, and little beyond: the two are integrated apart.
  template <typename Weight>
  double Sum(double from, double to, Weight weight) const {
    constexpr double kPatiences = 40;
    const auto density = [&](double x) { return weight(x) * std::exp(Exponent(x)); };
    const double seam = std::clamp(peak_ + kPatiences / hang_ups_, from, std::max(from, to));
    return Integral(from, seam, density) + Integral(seam, to, density);
  }

  double Exponent(double x) const {
    const double beyond = x - peak_;
    return std::min(arrivals_, services_) / hang_ups_ * Bend(hang_ups_ * beyond) -
           std::max(services_ - arrivals_, 0.0) * beyond;
  }

  // A place on this side of the peak beyond which nothing counts.
  double Edge(int side) const {
    constexpr double kNothing = -50;
    double distance = 1 / (services_ + hang_ups_);
    while (Exponent(peak_ + side * distance) > kNothing && peak_ + side * distance > 0) {
      distance *= 2;
    }
    return peak_ + side * distance;
  }

  const double arrivals_, services_, hang_ups_;  // per second
  double peak_ = 0, from_ = 0, to_ = 0, scale_ = 0, none_ = 0;
};

Waiting ErlangA(const Demand& demand, int64_t servers) {
  const OfferedWait offered(demand, servers);
  const double patience = demand.patience_s, limit = demand.limit_s, end = HUGE_VAL;
  const auto all = [](double) { return 1.0; };
  const auto stays = [&](double x) { return std::exp(-x / patience); };
  const auto waits = [&](double x) { return -patience * std::expm1(-x / patience); };
  Waiting waiting;
  waiting.p_wait = offered.Mean(0, end, all);
  waiting.mean_wait_s = offered.Mean(0, end, waits);
  waiting.p_abandon = waiting.mean_wait_s / patience;
  waiting.p_wait_over_limit = stays(limit) * offered.Mean(limit, end, all);
  waiting.p_served_in_limit = offered.None() + offered.Mean(0, limit, stays);
  waiting.utilisation = demand.Load() * (1 - waiting.p_abandon) / static_cast<double>(servers);
  return waiting;
}

}  // namespace

double ErlangB(int64_t lines, double load) {
  double busy = 1;
  for (int64_t n = 1; n <= lines; ++n) busy = load * busy / (static_cast<double>(n) + load * busy);
  return busy;
}

double ErlangC(int64_t servers, double load) {
  const double busy = ErlangB(servers, load), n = static_cast<double>(servers);
  return n * busy / (n - load + load * busy);
}

Waiting PredictWaiting(const Demand& demand, int64_t servers) {
  if (demand.patience_s > 0) return ErlangA(demand, servers);
  const double spare = static_cast<double>(servers) - demand.Load();
  Waiting waiting;
  waiting.ends = spare > 0;
  if (!waiting.ends) return waiting;
  // Whoever has to wait does so for this long in the mean; exponentially in Erlang C.
  const double wait_s = demand.service_s / spare * (1 + demand.cv * demand.cv) / 2;
  waiting.p_wait = ErlangC(servers, demand.Load());
  waiting.mean_wait_s = waiting.p_wait * wait_s;
  waiting.p_wait_over_limit = waiting.p_wait * std::exp(-demand.limit_s / wait_s);
  waiting.p_served_in_limit = 1 - waiting.p_wait_over_limit;
  waiting.utilisation = demand.Load() / static_cast<double>(servers);
  return waiting;
}

double AllenCunneenError(const Demand& demand, int64_t servers) {
  const double n = static_cast<double>(servers), busy = demand.Load() / n;
  const double square = demand.cv * demand.cv;
  // The mean wait for a service of constant length is (1 + more) / 2 of Erlang C's.
  const double more = (1 - busy) * (n - 1) * (std::sqrt(4 + 5 * n) - 2) / (16 * busy * n);
  return more * (1 - square) / (1 + square);
}

}  // namespace switchboard::load
