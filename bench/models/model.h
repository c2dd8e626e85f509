// What the model servers share. A model is another way to build an echo server, as short as it can
// honestly be, on the same system calls as Switchboard: something to measure it against.
//
// A model has no limits, no timeouts, no log and no drain; it ends when it is killed. Its service
// can take time: it sleeps before it echoes what it has read.

#ifndef SWITCHBOARD_BENCH_MODELS_MODEL_H_
#define SWITCHBOARD_BENCH_MODELS_MODEL_H_

#include <cstddef>
#include <string_view>

#include "src/linux/fd.h"

namespace switchboard::model {

inline constexpr size_t kBufferBytes = 64 * 1024;

// Takes the command line [ADDRESS:]PORT [MICROSECONDS]: listens there (at 127.0.0.1 if there is no
// ADDRESS), prints `server listening at ADDRESS:PORT`, and calls `serve` with the listening
// socket, which does not block. MICROSECONDS is what the service takes (0). Returns the exit
// status: 2 for a wrong command line, 1 if it cannot listen.
int Run(int argc, char** argv, void (*serve)(sys::Fd listener));

// Waits for the next caller, on a blocking socket. Throws std::system_error if none can be taken.
sys::Fd NextCaller(int listener);

// Sleeps for as long as the service takes.
void TakeTime();

// Sends all of `bytes` on a blocking socket; false if the connection broke.
bool SendAll(int fd, std::string_view bytes);

// Echoes what comes on a blocking socket until the caller closes.
void EchoUntilHangUp(int fd);

}  // namespace switchboard::model

#endif  // SWITCHBOARD_BENCH_MODELS_MODEL_H_
