// Text of bounded length that needs no memory from the heap: what is written while the server runs
// must not depend on there being any. A plain value.

#ifndef SWITCHBOARD_SRC_LINUX_FIXED_TEXT_H_
#define SWITCHBOARD_SRC_LINUX_FIXED_TEXT_H_

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace switchboard::sys {

template <size_t kCapacity>
class FixedText {
 public:
  FixedText() = default;
  // Copies the text alone, and not all of kCapacity.
  FixedText(const FixedText& other) { *this << other; }
  FixedText& operator=(const FixedText& other) {
    if (this != &other) {
      size_ = 0;
      *this << other;
    }
    return *this;
  }

  // What does not fit is cut off.
  FixedText& operator<<(std::string_view text) {
    size_ += text.copy(text_ + size_, kCapacity - size_);
    return *this;
  }
  FixedText& operator<<(char c) { return *this << std::string_view(&c, 1); }
  FixedText& operator<<(std::integral auto number) {
    char digits[24];
    const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), number);
    return *this << std::string_view(digits, static_cast<size_t>(end.ptr - digits));
  }

  // Ends with a newline, which takes the place of the last character if there is no room left.
  FixedText& EndLine() {
    size_ = std::min(size_, kCapacity - 1);
    return *this << '\n';
  }

  void Clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }
  operator std::string_view() const { return {text_, size_}; }

 private:
  size_t size_ = 0;
  char text_[kCapacity];
};

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_FIXED_TEXT_H_
