// What happened in a run, as a number that two runs of one seed must share, and as text on request.

#ifndef SWITCHBOARD_TESTS_SIM_KERNEL_TRACE_H_
#define SWITCHBOARD_TESTS_SIM_KERNEL_TRACE_H_

#include <cstdint>
#include <string_view>

namespace switchboard::sim {

class Trace {
 public:
  // Prints each event to standard output from now on.
  void Print() { printed_ = true; }

  // `who` did `what` with two arguments, and this came of it.
  void Add(int64_t now_ns, std::string_view who, std::string_view what, int64_t first,
           int64_t second, int64_t outcome);

  uint64_t hash() const { return hash_; }

 private:
  void Mix(uint64_t value);
  void Mix(std::string_view text);

  uint64_t hash_ = 0;
  bool printed_ = false;
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_KERNEL_TRACE_H_
