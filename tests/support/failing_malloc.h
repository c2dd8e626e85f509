// What a test and the program that it refuses memory to share.

#ifndef SWITCHBOARD_TESTS_SUPPORT_FAILING_MALLOC_H_
#define SWITCHBOARD_TESTS_SUPPORT_FAILING_MALLOC_H_

#include <atomic>
#include <cstdint>

namespace switchboard::test {

struct MemoryRefusal {
  std::atomic<int64_t> asked;        // allocations so far, of the heap and of pages
  std::atomic<int64_t> refused_one;  // the number of one that fails; 0 for none
  std::atomic<bool> refuse_all;
};

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_FAILING_MALLOC_H_
