#include "src/linux/thread.h"

#include <utility>

namespace switchboard::sys {

Thread::Thread(std::function<void()> run) : thread_(std::move(run)) {}

void Thread::Join() { thread_.join(); }

}  // namespace switchboard::sys
