// One caller at a time: the others wait in the backlog until the present one hangs up.

#include "bench/linux/socket.h"
#include "bench/models/model.h"
#include "src/linux/socket.h"

namespace {

using namespace switchboard;

void Serve(sys::Fd listener) {
  (void)sys::SetBlocking(listener.get());
  for (;;) {
    const sys::Fd caller = model::NextCaller(listener.get());
    model::EchoUntilHangUp(caller.get());
  }
}

}  // namespace

int main(int argc, char** argv) { return model::Run(argc, argv, Serve); }
