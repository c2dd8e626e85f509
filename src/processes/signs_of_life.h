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

// The thread of its watchdog says that the process of `slot` is alive. Needs no memory.
void GiveSignOfLife(ProcessTable::Slot& slot) noexcept;

// Its parent: since `since_ms`, which is not before the last sign or the start, less what it has
// waited for a CPU from then on.
int64_t SilentMs(const ProcessTable::Slot& slot, int64_t since_ms, int64_t now_ms) noexcept;

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_SIGNS_OF_LIFE_H_
