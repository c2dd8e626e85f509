// Times that differ by chance, as people write them: how long a service takes, or how long a caller
// waits.
//
//   5ms                 always the same
//   exp:5ms             exponential, of that mean
//   uniform:1ms-9ms     anything between, with the same probability
//   lognormal:5ms:2     of that mean; the logarithms have the standard deviation 2
//   file:PATH           each of a file's values, one a line, with the same probability
//
// A time is a decimal number with ns, us, ms, s, m or h; means and ends are from 1us to 1h. What is
// drawn is at most a day.
//
// Constant; any thread.

#ifndef SWITCHBOARD_SRC_BASE_DISTRIBUTION_H_
#define SWITCHBOARD_SRC_BASE_DISTRIBUTION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard {

class Distribution {
 public:
  // Throws std::invalid_argument with the end of a sentence that begins with `text`: "is no
  // time, ..."; std::runtime_error for a file that cannot be read or has a line that is no time.
  explicit Distribution(std::string_view text);

  // The same without reading a file.
  static void Check(std::string_view text);

  // The time number `index` of the sequence that `seed` begins: the same again for the same two.
  int64_t DrawNs(uint64_t seed, uint64_t index) const;

 private:
  enum class Kind { kConstant, kExponential, kUniform, kLognormal, kFile };
  Distribution() = default;
  static Distribution Parse(std::string_view text);
  void ReadFile();

  Kind kind_ = Kind::kConstant;
  double a_ns_ = 0, b_ns_ = 0;  // constant: a; mean: a; between a and b
  double shape_ = 0;            // of lognormal
  std::string path_;
  std::vector<int64_t> values_ns_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_BASE_DISTRIBUTION_H_
