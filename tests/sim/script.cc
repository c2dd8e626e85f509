// Does the same things to the kernel that it is linked with, the real or the simulated one, and
// prints what came of each: results, errnos, the bytes read, and the edges that epoll reported.
// semantics_test compares what the two say.

#include <poll.h>

#include <array>
#include <cstdio>
#include <string>

#include "tests/sim/script_tools.h"

namespace switchboard::sys {
namespace {

void Reads() {
  Line line;
  SayRead("nothing there", line.server.get(), 8);
  Say("send", SendText(line.caller.get(), "hello"));
  Await(line.server.get(), POLLIN);
  SayRead("short", line.server.get(), 3);
  SayRead("rest", line.server.get(), 8);
  SayRead("drained", line.server.get(), 8);
}

void Edges() {
  Line line;
  line.Watch();
  line.SayEdges("room at first");
  line.SayEdges("told once");
  (void)SendText(line.caller.get(), "abc");
  Await(line.server.get(), POLLIN);
  line.SayEdges("input");
  line.SayEdges("unread, but told");
  SayRead("a part", line.server.get(), 1);
  line.SayEdges("after a part");
  (void)SendText(line.caller.get(), "def");
  Await(line.server.get(), POLLIN);
  line.SayEdges("more on top of unread");
  SayRead("all", line.server.get(), 16);
  line.SayEdges("drained");
  Say("modify", line.epoll.Modify(line.server.get(), kWatched, {}));
  line.SayEdges("modified");
  Say("send", SendText(line.server.get(), "x"));
  line.SayEdges("after a send that fits");
}

void EdgeThatIsOver() {
  Line line;
  line.Watch();
  Say("narrow", line.epoll.Modify(line.server.get(), EPOLLIN, {}));
  (void)SendText(line.caller.get(), "abc");
  Await(line.server.get(), POLLIN);
  SayRead("read before it is told", line.server.get(), 8);
  line.SayEdges("nothing left to tell");
}

void LateWatch() {
  Line line;
  (void)SendText(line.caller.get(), "abc");
  (void)ShutdownWrite(line.caller.get());
  Await(line.server.get(), POLLRDHUP);
  line.Watch();
  Say("watch twice", line.epoll.Add(line.server.get(), kWatched, {}));
  line.SayEdges("what was there before");
  Say("remove", line.epoll.Remove(line.server.get()));
  Say("remove twice", line.epoll.Remove(line.server.get()));
  (void)ShutdownWrite(line.server.get());
  line.SayEdges("no longer watched");
}

void HalfClose() {
  Line line;
  line.Watch();
  line.SayEdges("room");
  (void)SendText(line.caller.get(), "ab");
  Say("shutdown", ShutdownWrite(line.caller.get()));
  Await(line.server.get(), POLLRDHUP);
  line.SayEdges("data and end");
  SayRead("data", line.server.get(), 8);
  SayRead("end", line.server.get(), 8);
  SayRead("end again", line.server.get(), 8);
  Say("send back", SendText(line.server.get(), "AB"));
  Await(line.caller.get(), POLLIN);
  SayRead("caller", line.caller.get(), 8);
  Say("send after shutdown", SendText(line.caller.get(), "c"));
  Say("shutdown back", ShutdownWrite(line.server.get()));
  line.SayEdges("both ended");
  Await(line.caller.get(), POLLHUP);
  SayRead("caller's end", line.caller.get(), 8);
  Say("shutdown once more", ShutdownWrite(line.server.get()));
}

void ResetOf(Line& line) {
  (void)SetResetOnClose(line.caller.get());
  line.caller.Reset();
  Await(line.server.get(), 0);
}

void ResetThenRead() {
  Line line;
  line.Watch();
  line.SayEdges("room");
  ResetOf(line);
  line.SayEdges("reset");
  SayRead("read", line.server.get(), 8);
  SayRead("read again", line.server.get(), 8);
  Say("send", SendText(line.server.get(), "x"));
  Say("shutdown", ShutdownWrite(line.server.get()));
}

void ResetThenSend() {
  Line line;
  ResetOf(line);
  Say("send", SendText(line.server.get(), "x"));
  Say("send again", SendText(line.server.get(), "x"));
  SayRead("read", line.server.get(), 8);
}

void ResetBehindData() {
  Line line;
  line.Watch();
  (void)SendText(line.caller.get(), "abc");
  Await(line.server.get(), POLLIN);
  ResetOf(line);
  line.SayEdges("data and reset");
  SayRead("data", line.server.get(), 8);
  SayRead("read", line.server.get(), 8);
  SayRead("read again", line.server.get(), 8);
}

void ResetBehindEnd() {
  Line line;
  (void)ShutdownWrite(line.caller.get());
  Await(line.server.get(), POLLRDHUP);
  ResetOf(line);
  line.Watch();
  line.SayEdges("end and reset");
  SayRead("read", line.server.get(), 8);
  Say("error", PendingError(line.server.get()));
  Say("error again", PendingError(line.server.get()));
}

void CloseWithUnreadInput() {
  Line line;
  line.Watch();
  (void)SendText(line.server.get(), "xyz");
  Await(line.caller.get(), POLLIN);
  line.caller.Reset();
  Await(line.server.get(), 0);
  line.SayEdges("closed unread");
  SayRead("read", line.server.get(), 8);
}

void SendToTheClosed() {
  Line line;
  line.Watch();
  line.SayEdges("room");
  line.caller.Reset();
  Await(line.server.get(), POLLRDHUP);
  line.SayEdges("closed");
  SayRead("end", line.server.get(), 8);
  Say("send", SendText(line.server.get(), "x"));
  Await(line.server.get(), 0);
  line.SayEdges("nobody took it");
  SayRead("read", line.server.get(), 8);
  Say("send", SendText(line.server.get(), "x"));
  Say("send again", SendText(line.server.get(), "x"));
}

void Room() {
  Line line(4096);
  line.Watch();
  line.SayEdges("room");
  const std::string block(1 << 20, 'x');
  Result sent;
  long total = 0;
  while ((sent = SendText(line.server.get(), block))) total += sent.value;
  Say("full", sent);
  line.SayEdges("full");
  std::string sink(1 << 16, ' ');
  for (long left = total; left > 0;) {
    Await(line.caller.get(), POLLIN);
    const Result got = Recv(line.caller.get(), sink.data(), sink.size());
    if (!got || got.value == 0) return Say("caller", got);
    left -= got.value;
  }
  Await(line.server.get(), POLLOUT);
  line.SayEdges("room again");
  line.SayEdges("told once");
  Say("send", SendText(line.server.get(), "x"));
  Await(line.caller.get(), POLLIN);
  SayRead("caller", line.caller.get(), 8);
  line.SayEdges("read, but nobody had waited for room");
}

void Unread() {
  Line line;
  Say("nothing", UnreadBytes(line.server.get()));
  (void)SendText(line.caller.get(), "abc");
  Await(line.server.get(), POLLIN);
  Say("three", UnreadBytes(line.server.get()));
  SayRead("read", line.server.get(), 1);
  (void)ShutdownWrite(line.caller.get());
  Await(line.server.get(), POLLRDHUP);
  Say("two and the end", UnreadBytes(line.server.get()));
}

void Acknowledged() {
  Line line(4096);
  (void)SendText(line.server.get(), "hello");
  AwaitAcks(line.server.get());
  Say("what has arrived", UnackedBytes(line.server.get()));
  const std::string block(1 << 20, 'x');
  while (SendText(line.server.get(), block)) {
  }
  const long held = UnackedBytes(line.server.get()).value;
  Say("what has not", held > 0 ? "some" : "nothing");
  Say("shutdown", ShutdownWrite(line.server.get()));
  Say("the end of stream", Result{UnackedBytes(line.server.get()).value - held, 0});
  ResetOf(line);
  Say("after a reset", UnackedBytes(line.server.get()).value > 0 ? "some" : "nothing");
}

void EndAcknowledged() {
  Line line;
  (void)ShutdownWrite(line.server.get());
  AwaitAcks(line.server.get());
  Say("the end of stream", UnackedBytes(line.server.get()));
}

void Urgent() {
  Line line;
  line.Watch();
  line.SayEdges("room");
  (void)SendText(line.caller.get(), "ab");
  Say("urgent", SendUrgent(line.caller.get(), "!", 1));
  (void)SendText(line.caller.get(), "cd");
  Await(line.server.get(), POLLPRI);
  line.SayEdges("urgent");
  SayRead("up to the mark", line.server.get(), 16);
  SayRead("behind it", line.server.get(), 16);
  SayRead("drained", line.server.get(), 16);
}

void Wakeups() {
  Line line;
  EventFd wakeup;
  Say("watch", line.epoll.Add(wakeup.fd(), EPOLLIN, {}));
  line.SayEdges("nothing yet");
  wakeup.Signal();
  wakeup.Signal();
  line.SayEdges("two signals");
  line.SayEdges("told once");
  wakeup.Signal();
  line.SayEdges("not cleared, but signalled");
  wakeup.Signal();
  wakeup.Clear();
  line.SayEdges("cleared before it is told");
}

void CallersOnHold() {
  Line line;
  Say("watch", line.epoll.Add(line.listening.get(), EPOLLIN, {}));
  line.SayEdges("nobody waits");
  const Fd first = Dial(line.port);
  Await(first.get(), POLLOUT);
  line.SayEdges("one waits");
  const Fd second = Dial(line.port);
  Await(second.get(), POLLOUT);
  line.SayEdges("another");
  (void)SendText(second.get(), "early");
  Say("accept", Result{0, Accept(line.listening.get()).error});
  line.SayEdges("one is left, but told");
  const Fd accepted = AcceptOne(line.listening);
  Await(accepted.get(), POLLIN);
  SayRead("said before it was accepted", accepted.get(), 8);
  Say("accept", Accept(line.listening.get()));
}

void ResetInTheBacklog() {
  Line line;
  Fd caller = Dial(line.port);
  Await(caller.get(), POLLOUT);
  Await(line.listening.get(), POLLIN);
  (void)SetResetOnClose(caller.get());
  caller.Reset();
  const Fd accepted = AcceptOne(line.listening);
  Await(accepted.get(), 0);
  SayRead("read", accepted.get(), 8);
}

void ListenerGoes() {
  Line line;
  const Fd waiting = Dial(line.port);
  Await(waiting.get(), POLLOUT);
  Await(line.listening.get(), POLLIN);
  line.listening.Reset();
  Await(waiting.get(), 0);
  SayRead("who waited", waiting.get(), 8);
  const Fd late = Dial(line.port);
  Await(late.get(), 0);
  Say("who comes late", PendingError(late.get()));
  Say("who was accepted", SendText(line.server.get(), "x"));
}

void ManyAtOnce() {
  Line line;
  std::array<Fd, 3> callers, servers;
  for (size_t i = 0; i < callers.size(); ++i) {
    callers[i] = Dial(line.port);
    servers[i] = AcceptOne(line.listening);
    (void)line.epoll.Add(servers[i].get(), EPOLLIN, {.u64 = i});
  }
  for (const size_t i : {2, 0, 1}) {
    (void)SendText(callers[i].get(), "x");
    Await(servers[i].get(), POLLIN);
  }
  std::array<epoll_event, 2> events;
  for (Result found = line.epoll.Wait(events, 0); found.value > 0;
       found = line.epoll.Wait(events, 0)) {
    for (long i = 0; i < found.value; ++i) {
      Say("of caller", std::to_string(events[static_cast<size_t>(i)].data.u64));
    }
  }
}

void ClosedWhileQueued() {
  Line line;
  line.Watch();
  (void)SendText(line.caller.get(), "abc");
  Await(line.server.get(), POLLIN);
  line.server.Reset();
  line.SayEdges("closed before it is told");
  Await(line.caller.get(), 0);
  SayRead("caller", line.caller.get(), 8);
}

void Fresh() {
  const Fd fresh(static_cast<int>(StreamSocket(AF_INET).value));
  SayRead("read", fresh.get(), 8);
  Say("send", SendText(fresh.get(), "x"));
  Say("shutdown", ShutdownWrite(fresh.get()));
  Say("poll", Named(static_cast<uint32_t>(Poll(fresh.get(), POLLIN | POLLOUT, 0).value)));
  const Fd twin(static_cast<int>(StreamSocket(AF_INET).value));
  Say("bind", Bind(fresh.get(), *NumericAddress("127.0.0.1")));
  Say("listen", Listen(fresh.get(), 1));
  Say("bind to a port that is taken", Bind(twin.get(), LocalAddress(fresh.get())));
  Say("accept", Accept(fresh.get()));
}

}  // namespace
}  // namespace switchboard::sys

int main() {
  using namespace switchboard::sys;
  constexpr std::pair<const char*, void (*)()> kScenes[] = {
      {"reads", Reads},
      {"edges", Edges},
      {"an edge that is over", EdgeThatIsOver},
      {"watched late", LateWatch},
      {"half-close", HalfClose},
      {"reset, then read", ResetThenRead},
      {"reset, then send", ResetThenSend},
      {"reset behind data", ResetBehindData},
      {"reset behind the end", ResetBehindEnd},
      {"close with unread input", CloseWithUnreadInput},
      {"send to the closed", SendToTheClosed},
      {"room", Room},
      {"unread", Unread},
      {"acknowledged", Acknowledged},
      {"the end acknowledged", EndAcknowledged},
      {"urgent", Urgent},
      {"wake-ups", Wakeups},
      {"backlog", CallersOnHold},
      {"reset in the backlog", ResetInTheBacklog},
      {"the listener goes", ListenerGoes},
      {"many at once", ManyAtOnce},
      {"closed while queued", ClosedWhileQueued},
      {"fresh", Fresh},
  };
  for (const auto& [name, play] : kScenes) {
    std::printf("%s\n", name);
    play();
  }
}
