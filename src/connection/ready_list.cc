#include "src/connection/ready_list.h"

#include <utility>

namespace switchboard {

void ReadyList::Add(Connection& connection) {
  bool wake;
  {
    MutexLock lock(mutex_);
    list_.PushBack(&connection);
    wake = std::exchange(reactor_asleep_, false);
  }
  if (wake) wake_.Signal();
}

void ReadyList::Interrupt() {
  bool wake;
  {
    MutexLock lock(mutex_);
    interrupted_ = true;
    wake = std::exchange(reactor_asleep_, false);
  }
  if (wake) wake_.Signal();
}

bool ReadyList::PrepareToSleep() {
  MutexLock lock(mutex_);
  reactor_asleep_ = list_.empty() && !interrupted_;
  return reactor_asleep_;
}

ConnectionList ReadyList::Take() {
  MutexLock lock(mutex_);
  reactor_asleep_ = false;
  interrupted_ = false;
  return std::exchange(list_, ConnectionList());
}

}  // namespace switchboard
