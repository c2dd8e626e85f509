// Discard, RFC 863: takes everything and answers nothing.

#include "src/services/services.h"

namespace switchboard {
namespace {

class Discard : public Service {
 public:
  Traits traits() const override { return {.may_block = false}; }

  Next OnRead(Call& call) override {
    call.SetReplySize(0);
    return Next::kRead;
  }
};

}  // namespace

std::shared_ptr<Service> MakeDiscard(const Options&) { return std::make_shared<Discard>(); }

}  // namespace switchboard
