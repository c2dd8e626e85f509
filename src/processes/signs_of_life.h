// What a process says of itself to show that it is alive, and how long it has not.
//
// Time in which its threads wanted a CPU and had none does not count, as far as it is known: on a
// machine that is too busy a process is silent without being stuck, and to replace it would make
// that worse. So a reactor that spins is found later on a busy machine than on an idle one.

#ifndef SWITCHBOARD_SRC_PROCESSES_SIGNS_OF_LIFE_H_
#define SWITCHBOARD_SRC_PROCESSES_SIGNS_OF_LIFE_H_

#include <cstdint>

#include "src/processes/process_table.h"

namespace switchboard {

// The parent has just started the process of `slot`, which is to give signs of life from now on.
void AwaitSignOfLife(ProcessTable::Slot& slot) noexcept;

// Says that the process of `slot`, which calls this, is alive: by the thread of its watchdog, or
// before there is one by the first thread, which is the reactor. Needs no memory.
void GiveSignOfLife(ProcessTable::Slot& slot) noexcept;

// Its parent: now_ms - since_ms, less what each of its two threads has waited for a CPU since the
// last sign. It may be negative. Both times are sys::NowMs, and `since_ms` is not before the last
// sign or the start.
int64_t SilentMs(const ProcessTable::Slot& slot, int64_t since_ms, int64_t now_ms) noexcept;

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_SIGNS_OF_LIFE_H_
