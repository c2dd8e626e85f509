// Daytime, RFC 867: says the date and time on one line and hangs up.

#include <algorithm>
#include <string_view>

#include "src/linux/clock.h"
#include "src/services/services.h"

namespace switchboard {
namespace {

class Daytime : public Service {
 public:
  Traits traits() const override { return {.speaks_first = true, .may_block = false}; }

  Next OnOpen(Call& call) override {
    sys::FixedText<48> text;
    const std::string_view line = text << sys::UtcTimestamp() << "\r\n";
    std::ranges::copy(line, call.buffer(line.size()).begin());
    call.SetReplySize(line.size());
    return Next::kHangUp;
  }

  // Never called: OnOpen ends in kHangUp, so nothing is read from the caller.
  Next OnRead(Call& call) override { return OnOpen(call); }
};

}  // namespace

std::shared_ptr<Service> MakeDaytime(const Options&) { return std::make_shared<Daytime>(); }

}  // namespace switchboard
