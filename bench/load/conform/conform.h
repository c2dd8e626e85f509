// The conformance card: `switchboard-load conform [OPTION]... HOST:PORT` asks any echo server the
// questions of check.h, one after another, and prints a line for each answer.

#ifndef SWITCHBOARD_BENCH_LOAD_CONFORM_CONFORM_H_
#define SWITCHBOARD_BENCH_LOAD_CONFORM_CONFORM_H_

namespace switchboard::load {

// Like main. Exit status 0 says that at least one check ran and that all
// that ran passed.
int ConformMain(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_CONFORM_CONFORM_H_
