// A new process for each caller. One that gets no process is hung up on.

#include "bench/linux/child.h"
#include "bench/linux/socket.h"
#include "bench/models/model.h"
#include "src/linux/signals.h"
#include "src/linux/socket.h"

namespace {

using namespace switchboard;

void Serve(sys::Fd listener) {
  (void)sys::SetBlocking(listener.get());
  sys::LeaveChildrenToKernel();
  for (;;) {
    const sys::Fd caller = model::NextCaller(listener.get());
    const sys::Result forked = sys::Fork();
    if (!forked || forked.value != 0) continue;
    listener.Reset();  // else the port stays taken for as long as this caller stays
    model::EchoUntilHangUp(caller.get());
    sys::ExitNow(0);
  }
}

}  // namespace

int main(int argc, char** argv) { return model::Run(argc, argv, Serve); }
