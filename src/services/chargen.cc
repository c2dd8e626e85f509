// Character generator, RFC 864, the TCP form: lines of 72 printable characters for as long as the
// caller reads them. What the caller says is thrown away.

#include <algorithm>
#include <vector>

#include "src/services/services.h"

namespace switchboard {
namespace {

constexpr char kFirst = ' ';
constexpr size_t kCharacters = 95;  // printable ASCII, ' ' to '~'
constexpr size_t kLineLength = 72;

// The recommended pattern: each line begins one character later than the one before, so that it
// repeats after as many lines as there are characters.
std::vector<char> MakePattern() {
  std::vector<char> pattern;
  for (size_t line = 0; line < kCharacters; ++line) {
    for (size_t i = 0; i < kLineLength; ++i) {
      pattern.push_back(static_cast<char>(kFirst + (line + i) % kCharacters));
    }
    pattern.push_back('\r');
    pattern.push_back('\n');
  }
  return pattern;
}

class Chargen : public Service {
 public:
  Traits traits() const override { return {.speaks_first = true, .may_block = false}; }

  Next OnOpen(Call& call) override { return OnContinue(call); }

  // Never called: every reply ends in kContinue, so what the caller says is discarded.
  Next OnRead(Call& call) override { return OnContinue(call); }

  // Call::state() is the place in the pattern at which the next reply of this caller begins.
  Next OnContinue(Call& call) override {
    const std::span<char> room = call.buffer();
    for (size_t filled = 0; filled < room.size();) {
      const size_t count = std::min(room.size() - filled, pattern_.size() - call.state());
      std::copy_n(&pattern_[call.state()], count, &room[filled]);
      filled += count;
      call.state() = (call.state() + count) % pattern_.size();
    }
    call.SetReplySize(room.size());
    return Next::kContinue;
  }

 private:
  const std::vector<char> pattern_ = MakePattern();
};

}  // namespace

std::shared_ptr<Service> MakeChargen(const Options&) { return std::make_shared<Chargen>(); }

}  // namespace switchboard
