// The conformance card: `switchboard-load conform [OPTION]... HOST:PORT` asks any echo server the
// questions of conform_check.h, one after another, and prints a line for each answer.

#ifndef SWITCHBOARD_BENCH_LOAD_CONFORM_H_
#define SWITCHBOARD_BENCH_LOAD_CONFORM_H_

namespace switchboard::load {

// Runs the subcommand; argv[0] is its own name. Returns the exit status: 0 if at least one check
// ran and all that ran passed, 1 if one failed or the server cannot be reached, 2 for usage.
int ConformMain(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_CONFORM_H_
