// Who serves whom: the services that callers can reach, and the pools of workers behind them.
// A plain value.

#ifndef SWITCHBOARD_SRC_BOOKS_ROSTER_H_
#define SWITCHBOARD_SRC_BOOKS_ROSTER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "switchboard/options.h"

namespace switchboard {

struct Roster {
  struct Pool {
    std::string name;
    std::string option;  // that says how many workers there are, for messages
    size_t workers = 1;
  };
  struct Service {
    std::string name;
    size_t pool = 0;  // among `pools`
  };

  std::vector<Service> services;  // in the order of their names
  std::vector<Pool> pools;

  size_t workers() const;  // of all pools
};

// "Options::service_workers echo=2".
std::string PoolOption(const std::string& service, int workers);

// A service has a pool of its own if Options::service_workers says so; the others share one.
Roster RosterOf(const Options& options, const std::vector<std::string>& services);

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BOOKS_ROSTER_H_
