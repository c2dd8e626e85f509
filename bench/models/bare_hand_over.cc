// The least that a server of Switchboard's shape can do: one thread reads, another on the same CPU
// writes, and each sleeps while it has nothing to do. What it costs beyond an inline reactor is the
// price of the hand-over itself, which no rule about threads can go below.
//
// A caller who does not read what is echoed stops it.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "bench/linux/socket.h"
#include "bench/models/model.h"
#include "src/hand_over.h"
#include "src/linux/affinity.h"
#include "src/linux/epoll.h"
#include "src/linux/semaphore.h"
#include "src/linux/socket.h"
#include "src/linux/thread.h"

namespace {

using namespace switchboard;

using hand_over::kEventsPerRound;  // as many as the server takes
constexpr uint32_t kEvents = EPOLLIN | EPOLLRDHUP;

struct Message {
  int caller;
  size_t size;
  char bytes[model::kBufferBytes];
};

class BareHandOver {
 public:
  explicit BareHandOver(sys::Fd listener)
      : listener_(std::move(listener)),
        batch_(std::make_unique_for_overwrite<Message[]>(kEventsPerRound)) {
    here_.SetOnly(sys::ThisCpu());
  }

  void Run() {
    (void)here_.Hold();  // as does the worker, who is started here
    sys::Thread worker([this] { Work(); });
    (void)epoll_.Add(listener_.get(), EPOLLIN, {.fd = listener_.get()});
    std::vector<epoll_event> events(kEventsPerRound);
    for (;;) {
      const auto found = static_cast<size_t>(epoll_.Wait(events, -1).value);
      AwaitWorker();
      for (size_t i = 0; i < found; ++i) {
        if (events[i].data.fd == listener_.get()) {
          TakeCallers();
        } else {
          Read(events[i].data.fd, events[i].events);
        }
      }
      HandOver();
    }
  }

 private:
  void TakeCallers() {
    for (;;) {
      const sys::Result accepted = sys::Accept(listener_.get());
      if (!accepted) return;
      const auto caller = static_cast<int>(accepted.value);
      (void)sys::SetBlocking(caller);  // for the worker
      (void)sys::SetNoDelay(caller, true);
      (void)epoll_.Add(caller, kEvents, {.fd = caller});
    }
  }

  void Read(int caller, uint32_t events) {
    Message& message = batch_[messages_];
    const sys::Result got = sys::Recv(caller, message.bytes, sizeof(message.bytes));
    if (!got || got.value == 0) return sys::Close(caller);
    message.caller = caller;
    message.size = static_cast<size_t>(got.value);
    ++messages_;
    // If there may be more, or the end of the stream: asks for a new event.
    const bool drained = message.size < sizeof(message.bytes) && (events & EPOLLRDHUP) == 0;
    if (!drained) (void)epoll_.Modify(caller, kEvents, {.fd = caller});
  }

  // A single message is written sooner than the worker could say so.
  void HandOver() {
    if (messages_ == 0) return;
    worker_has_batch_ = true;
    work_.Post();
    if (messages_ > 1) AwaitWorker();
  }

  void AwaitWorker() {
    if (!std::exchange(worker_has_batch_, false)) return;
    done_.Wait();
    messages_ = 0;
  }

  void Work() {
    for (;;) {
      work_.Wait();
      for (size_t i = 0; i < messages_; ++i) {
        model::TakeTime();
        (void)model::SendAll(batch_[i].caller, {batch_[i].bytes, batch_[i].size});
      }
      done_.Post();
    }
  }

  const sys::Fd listener_;
  sys::Epoll epoll_;
  sys::CpuSet here_;
  // The batch is the worker's from one to the other, and the reactor's otherwise.
  sys::Semaphore work_, done_;
  std::unique_ptr<Message[]> batch_;
  size_t messages_ = 0;
  bool worker_has_batch_ = false;  // the reactor's
};

}  // namespace

int main(int argc, char** argv) {
  return model::Run(argc, argv, [](sys::Fd listener) { BareHandOver(std::move(listener)).Run(); });
}
