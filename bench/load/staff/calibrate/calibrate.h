// `switchboard-load staff calibrate`: what the steps of the server cost on this host.

#ifndef SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_CALIBRATE_H_
#define SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_CALIBRATE_H_

namespace switchboard::load {

// Like main; throws std::invalid_argument for a wrong command line, std::runtime_error if the
// system refuses what it takes to measure.
int CalibrateMain(int argc, char** argv);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_STAFF_CALIBRATE_CALIBRATE_H_
