// Echo, RFC 862: every byte comes back. Greets first, if there is a greeting.

#include <algorithm>
#include <string>

#include "src/services/services.h"

namespace switchboard {
namespace {

constexpr size_t kOnceBytes = 1000;

class Echo : public Service {
 public:
  explicit Echo(const Options& options) : greeting_(options.greeting), once_(options.once) {}

  Traits traits() const override {
    return {.speaks_first = !greeting_.empty(),
            .may_block = false,
            .max_read_bytes = once_ ? kOnceBytes : SIZE_MAX};
  }

  Next OnOpen(Call& call) override {
    std::ranges::copy(greeting_, call.buffer(greeting_.size()).begin());
    call.SetReplySize(greeting_.size());
    return Next::kRead;
  }

  // The reply is the request, which is left in the buffer as it is.
  Next OnRead(Call&) override { return once_ ? Next::kHangUp : Next::kRead; }

 private:
  const std::string greeting_;
  const bool once_;
};

}  // namespace

std::shared_ptr<Service> MakeEcho(const Options& options) {
  return std::make_shared<Echo>(options);
}

}  // namespace switchboard
