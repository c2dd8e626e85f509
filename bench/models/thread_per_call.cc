// A new thread for each caller. One that gets no thread is hung up on.

#include <system_error>
#include <thread>
#include <utility>

#include "bench/linux/socket.h"
#include "bench/models/model.h"
#include "src/linux/socket.h"

namespace {

using namespace switchboard;

void Serve(sys::Fd listener) {
  (void)sys::SetBlocking(listener.get());
  for (;;) {
    sys::Fd caller = model::NextCaller(listener.get());
    try {
      std::thread([caller = std::move(caller)] { model::EchoUntilHangUp(caller.get()); }).detach();
    } catch (const std::system_error&) {
    }
  }
}

}  // namespace

int main(int argc, char** argv) { return model::Run(argc, argv, Serve); }
