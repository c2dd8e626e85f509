// What the fuzzers of this folder share. Each file NAME_fuzz.cc is one fuzzer: it feeds an input to
// a part of the server and aborts if what comes of it is wrong. libFuzzer finds the inputs; the
// test `corpus` runs those that are kept.

#ifndef SWITCHBOARD_TESTS_FUZZ_FUZZ_H_
#define SWITCHBOARD_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

// Called by libFuzzer, which gives the name. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace switchboard::test {

inline std::string_view TextOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Aborts with the sentence `wrong` unless `holds`.
inline void Require(bool holds, const std::string& wrong) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  std::abort();
}

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_FUZZ_FUZZ_H_
