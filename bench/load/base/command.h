// The subcommands of switchboard-load. Each is a function like main: argv[0] is its own name, the
// value is the exit status: 0 all is well, 1 it could not be done, 2 wrong use, 3 an echo was
// wrong. They may throw std::invalid_argument (2) and std::runtime_error (1); main prints the
// sentence.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_COMMAND_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_COMMAND_H_

namespace switchboard::load {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitVerification = 3;

struct Command {
  const char* name;
  const char* summary;  // for --help
  int (*run)(int argc, char** argv);
};

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_COMMAND_H_
