#include "src/linux/thread.h"

#include <cstdlib>
#include <system_error>
#include <utility>

#include "tests/sim/kernel/machine.h"

namespace switchboard::sys {

Thread::Thread(std::function<void()> run) {
  const sim::Seam seam(sim::SystemCall::kThread);
  if (seam.fault() != 0) throw std::system_error(seam.fault(), std::generic_category());
  thread_ = sim::Machine::Here().scheduler.Spawn([run = std::move(run)] {
    sim::Seam::SetServer(true);
    run();
    sim::Seam::SetServer(false);
  });
}

void Thread::Join() {
  const sim::Seam seam(sim::SystemCall::kThread, 1);
  sim::Machine::Here().scheduler.AwaitEnd(thread_.get_id());
  thread_.join();
}

// Whatever is left behind would outlive the machine, and no output here may keep anybody waiting.
void Thread::Detach() { std::abort(); }

// Here everybody does.
bool WakePunctually() { return true; }

}  // namespace switchboard::sys
