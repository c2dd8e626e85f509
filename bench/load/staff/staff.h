// `switchboard-load staff`: how many workers a server needs, by the formulas of call centres.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_STAFF_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_STAFF_H_

namespace switchboard::load {

// Like main: argv[0] is "staff", the value is the exit status. Throws std::invalid_argument with
// one sentence for a wrong command line.
int StaffMain(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_STAFF_H_
