// How switchboard-load and its subcommands end. 0: all is well.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_EXIT_STATUS_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_EXIT_STATUS_H_

namespace switchboard::load {

inline constexpr int kExitFailed = 1;        // it could not be done: std::runtime_error
inline constexpr int kExitUsage = 2;         // wrong use: std::invalid_argument
inline constexpr int kExitVerification = 3;  // an echo was wrong

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_EXIT_STATUS_H_
