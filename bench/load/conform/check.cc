#include "bench/load/conform/check.h"

#include <exception>

#include "bench/linux/inspect.h"

namespace switchboard::load {
namespace {

constexpr Check kChecks[] = {
    {"small", "are messages of 1 to 1,460 bytes echoed, one at a time?", 10, CheckSmall},
    {"large", "is 1 MiB echoed whole?", 20, CheckLarge},
    {"binary", "is every byte value, and every pair of them, echoed as it is?", 20, CheckBinary},
    {"pipelined", "are 1,000 messages sent without waiting echoed in order?", 20, CheckPipelined},
    {"split", "does it matter how a stream is cut into pieces?", 20, CheckSplit},
    {"half-close", "is everything echoed to a caller that ends its stream after 4 MiB?", 20,
     CheckHalfClose},
    {"data-with-fin", "is data echoed that comes with the end of the stream?", 20,
     CheckDataWithFin},
    {"urgent", "is an urgent byte echoed in line with the others?", 10, CheckUrgent},
    {"connect-and-leave", "do callers that say nothing do no harm?", 30, CheckConnectAndLeave},
    {"reset-storm", "do 3,000 resets, some in mid echo, do no harm?", 30, CheckResetStorm},
    {"descriptor-leak", "is the descriptor of every call closed, however the call ends?", 30,
     CheckDescriptorLeak},
    {"never-reads", "is memory bounded when a caller sends and never reads?", 30, CheckNeverReads},
    {"firehose", "are small talkers answered beside a caller that sends without end?", 30,
     CheckFirehose},
    {"callers-1000", "are 1,000 callers at once each echoed?", 30, Check1000Callers},
    {"callers-10000", "are 10,000 callers at once each echoed?", 60, Check10000Callers},
    {"descriptors-out-recovers", "does service come back after descriptors ran out?", 30,
     CheckDescriptorsOutRecovers},
    {"descriptors-out-idles", "does it wait quietly while descriptors are out?", 30,
     CheckDescriptorsOutIdles},
};

}  // namespace

std::span<const Check> Checks() { return kChecks; }

Finding RunCheck(const Check& check, Subject& subject, int64_t timeout_ms) {
  try {
    return {Grade::kPass, check.run(subject, Deadline(timeout_ms))};
  } catch (const Skipped& skipped) {
    return {Grade::kSkip, skipped.what()};
  } catch (const std::exception& failed) {
    const bool ended = subject.pid >= 0 && sys::ResidentBytes(subject.pid) <= 0;
    return {Grade::kFail, failed.what() + std::string(ended ? "; the process has ended" : "")};
  }
}

}  // namespace switchboard::load
