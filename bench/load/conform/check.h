// What a conformance check is, and the table of all of them.
//
// A check is one function that talks to the server under test and returns what it saw. It throws
// Failed to fail and Skipped where it cannot be run, each with one line of text for the card. All
// its waiting is bounded by the deadline it is given, so a server that hangs cannot hang a check.
//
// One thread runs the checks, one after another; the server must be theirs alone meanwhile.

#ifndef SWITCHBOARD_BENCH_LOAD_CONFORM_CHECK_H_
#define SWITCHBOARD_BENCH_LOAD_CONFORM_CHECK_H_

#include <atomic>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/load/base/deadline.h"
#include "src/linux/address.h"

namespace switchboard::load {

// The server under test.
struct Subject {
  sys::Address address;
  int pid = -1;                       // its first process, if it can be looked at
  std::string command;                // starts another instance; {port} stands for its port
  std::string greeting;               // what it says first to every caller
  uint64_t seed = 1;                  // of what the callers say
  std::atomic<uint64_t> callers = 0;  // so far; numbers their streams
};

class Failed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Skipped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Check {
  std::string_view name;
  std::string_view asks;  // the question, for --list
  int timeout_s;          // for the whole check, unless the user gives another
  std::string (*run)(Subject& subject, Deadline deadline);
};

std::span<const Check> Checks();

enum class Grade { kPass, kFail, kSkip };

struct Finding {
  Grade grade;
  std::string seen;
};

// Runs one check; everything it throws becomes a finding.
Finding RunCheck(const Check& check, Subject& subject, int64_t timeout_ms);

// Messages: each byte comes back, in order.
std::string CheckSmall(Subject& subject, Deadline deadline);
std::string CheckLarge(Subject& subject, Deadline deadline);
std::string CheckBinary(Subject& subject, Deadline deadline);
std::string CheckPipelined(Subject& subject, Deadline deadline);
std::string CheckSplit(Subject& subject, Deadline deadline);
std::string CheckUrgent(Subject& subject, Deadline deadline);

// Ends of connections.
std::string CheckHalfClose(Subject& subject, Deadline deadline);
std::string CheckDataWithFin(Subject& subject, Deadline deadline);
std::string CheckConnectAndLeave(Subject& subject, Deadline deadline);
std::string CheckResetStorm(Subject& subject, Deadline deadline);
std::string CheckDescriptorLeak(Subject& subject, Deadline deadline);

// Callers that ask for too much, and many of them.
std::string CheckNeverReads(Subject& subject, Deadline deadline);
std::string CheckFirehose(Subject& subject, Deadline deadline);
std::string Check1000Callers(Subject& subject, Deadline deadline);
std::string Check10000Callers(Subject& subject, Deadline deadline);

// Descriptors run out, in an instance of the check's own.
std::string CheckDescriptorsOutRecovers(Subject& subject, Deadline deadline);
std::string CheckDescriptorsOutIdles(Subject& subject, Deadline deadline);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_CONFORM_CHECK_H_
