#include "src/books/roster.h"

#include <algorithm>
#include <optional>
#include <set>

#include "src/linux/process.h"

namespace switchboard {
namespace {

// Threads of the common pool unless more are asked for, on a machine with more CPUs than this.
constexpr int kMaxDefaultWorkers = 1024;

Roster::Pool CommonPool(const Options& options) {
  const int wanted = options.workers > 0 ? options.workers : sys::AvailableCpus();
  return {.name = "worker",
          .option = "Options::workers",
          .workers = static_cast<size_t>(std::min(wanted, kMaxDefaultWorkers))};
}

}  // namespace

size_t Roster::workers() const {
  size_t sum = 0;
  for (const Pool& pool : pools) sum += pool.workers;
  return sum;
}

std::string PoolOption(const std::string& service, int workers) {
  return "Options::service_workers " + service + "=" + std::to_string(workers);
}

Roster RosterOf(const Options& options, const std::vector<std::string>& services) {
  Roster roster;
  std::optional<size_t> common;
  for (const std::string& name : std::set<std::string>(services.begin(), services.end())) {
    const auto own = options.service_workers.find(name);
    const bool has_own = own != options.service_workers.end();
    if (has_own) {
      roster.pools.push_back({.name = name,
                              .option = PoolOption(name, own->second),
                              .workers = static_cast<size_t>(own->second)});
    } else if (!common) {
      common = roster.pools.size();
      roster.pools.push_back(CommonPool(options));
    }
    roster.services.push_back({.name = name, .pool = has_own ? roster.pools.size() - 1 : *common});
  }
  return roster;
}

}  // namespace switchboard
