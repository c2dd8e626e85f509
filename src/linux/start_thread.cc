#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "src/linux/thread.h"

namespace switchboard::sys {

Thread StartThread(std::string_view what, std::function<void()> run) {
  try {
    return Thread(std::move(run));
  } catch (const std::system_error& error) {
    throw std::runtime_error("cannot start " + std::string(what) + ": " + error.code().message() +
                             "; raise the limit on processes and threads (ulimit -u, or the pids "
                             "limit of the container or service)");
  }
}

}  // namespace switchboard::sys
