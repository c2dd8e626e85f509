// What a target echoed was wrong, so that nothing else that was measured counts.

#ifndef SWITCHBOARD_BENCH_LOAD_RUN_WRONG_ECHO_H_
#define SWITCHBOARD_BENCH_LOAD_RUN_WRONG_ECHO_H_

#include <stdexcept>

namespace switchboard::load {

struct WrongEcho : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_RUN_WRONG_ECHO_H_
