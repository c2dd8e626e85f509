#include "src/linux/thread.h"

#include <signal.h>

#include <utility>

namespace switchboard::sys {

Thread::Thread(std::function<void()> run) : thread_(std::move(run)) {}

void Thread::Join() { thread_.join(); }

void Thread::Detach() { thread_.detach(); }

void Thread::Signal(int signal) { ::pthread_kill(thread_.native_handle(), signal); }

}  // namespace switchboard::sys
