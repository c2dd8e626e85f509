// How switchboard-load and its subcommands end. 0: all is well. Of several that apply it is the
// first of kExitUsage, kExitFailed, kExitVerification, kExitCondition, kExitNotReached,
// kExitNotValid. An interrupted run is judged by what it has, as any other.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_EXIT_STATUS_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_EXIT_STATUS_H_

namespace switchboard::load {

inline constexpr int kExitFailed = 1;        // nothing was measured, or std::runtime_error
inline constexpr int kExitUsage = 2;         // wrong use: std::invalid_argument
inline constexpr int kExitVerification = 3;  // an echo was wrong
inline constexpr int kExitCondition = 4;     // one of --fail-if holds
inline constexpr int kExitNotValid = 5;      // --strict, and the verdict is not VALID
inline constexpr int kExitNotReached = 6;    // the verdict is TARGET-NOT-REACHED
inline constexpr int kExitInterrupted = 7;   // a staff measurement, before all its rates were over

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_EXIT_STATUS_H_
