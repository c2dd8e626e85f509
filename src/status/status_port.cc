#include "src/status/status_port.h"

#include <poll.h>

#include <string>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/process.h"
#include "src/linux/socket.h"

namespace switchboard::status {

StatusPort::StatusPort(int listening, std::vector<std::string> host_names)
    : endpoint_(listening, std::move(host_names), wake_up_.fd(), *this) {
  thread_ = sys::StartThread("the thread of the status port", [this] { Run(); });
}

StatusPort::~StatusPort() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_up_.Signal();
  thread_.Join();
}

void StatusPort::Show(Server* server) {
  MutexLock lock(mutex_);
  server_ = server;
  heart_ = Heart();
}

void StatusPort::Run() {
  sys::NameThisThread("status");
  std::vector<pollfd> watched;
  watched.reserve(1 + Endpoint::kMostWatched);
  for (;;) {
    {
      MutexLock lock(mutex_);
      if (stopping_) return;
    }
    const int64_t before_ms = sys::NowMs();
    watched.assign({{.fd = wake_up_.fd(), .events = POLLIN, .revents = 0}});
    endpoint_.Watch(watched, before_ms);
    (void)sys::PollAll(watched, endpoint_.PollTimeoutMs(before_ms));
    endpoint_.Handle(std::span(watched).subspan(1), sys::NowMs());
  }
}

View StatusPort::Look() {
  MutexLock lock(mutex_);
  View view;
  view.process = process_.Look();
  if (server_ == nullptr) return view;
  view.ready = server_->phase() == Phase::kServing;
  view.stopping = !view.ready;
  const bool lame_duck = server_->phase() == Phase::kLameDuck;
  view.state = view.ready ? "ready" : lame_duck ? ToString(Phase::kLameDuck) : "draining";
  view.figures = server_->GetSnapshot();
  return view;
}

void StatusPort::AskHeart(int64_t now_ms) {
  MutexLock lock(mutex_);
  if (server_ != nullptr) heart_.Ask(*server_, now_ms);
}

// Without a server there is no heart that could fail.
Heart::Beat StatusPort::HearHeart(int64_t now_ms, std::string& complaint) {
  MutexLock lock(mutex_);
  if (server_ == nullptr) return Heart::Beat::kBeats;
  const Heart::Beat beat = heart_.Look(*server_, now_ms);
  if (beat == Heart::Beat::kFails) {
    complaint = "reactor: no round for " + SecondsText(heart_.SilentMs(now_ms));
  }
  return beat;
}

}  // namespace switchboard::status
