#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "src/linux/thread.h"
#include "src/linux/way_out.h"

namespace switchboard::sys {

Thread StartThread(std::string_view what, std::function<void()> run) {
  try {
    return Thread(std::move(run));
  } catch (const std::system_error& error) {
    throw std::runtime_error(Refusal("cannot start " + std::string(what), error.code().value()));
  }
}

}  // namespace switchboard::sys
