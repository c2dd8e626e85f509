// Checks of the ways in which a call may end.

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "bench/linux/inspect.h"
#include "bench/linux/process_tree.h"
#include "bench/load/conform/caller.h"
#include "bench/load/conform/check.h"
#include "src/linux/socket.h"

namespace switchboard::load {
namespace {

constexpr size_t kMiB = 1 << 20;

// What a caller may have said when it leaves: more than a server reads in one turn, so that it goes
// on to read and write when the connection is gone.
constexpr size_t kSpeechBytes = 2 * kMiB;

// The server must still take a new caller.
void ExpectAlive(Subject& subject, Deadline deadline) {
  try {
    Caller caller(subject, deadline);
    caller.Echo(caller.Take(64));
  } catch (const Failed& failed) {
    throw Failed(std::string("afterwards a new caller got no echo: ") + failed.what());
  }
}

// Wraps what goes wrong with a caller who only stood by.
void ExpectUndisturbed(Caller& bystander) {
  try {
    bystander.Echo(bystander.Take(64));
  } catch (const Failed& failed) {
    throw Failed(std::string("a caller beside them lost its echo: ") + failed.what());
  }
}

}  // namespace

std::string CheckHalfClose(Subject& subject, Deadline deadline) {
  // The second is more than the kernel holds for the server: it has to keep the rest itself. Little
  // room here and a pause before reading see to it that it meets the end of the stream with that.
  constexpr int kReceiveBuffer = 64 * 1024;
  constexpr int kPauseMs = 300;
  constexpr size_t kPieceBytes = 64 * 1024;
  for (const size_t total : {4 * kMiB, 16 * kMiB}) {
    Caller caller(subject, deadline, kReceiveBuffer);
    for (size_t sent = 0; sent < total; sent += kPieceBytes) caller.Send(caller.Take(kPieceBytes));
    caller.EndStream();
    std::this_thread::sleep_for(std::chrono::milliseconds(kPauseMs));
    caller.ExpectEnd();
  }
  return "all 4 MiB came back, then the end of the stream; and all of 16 MiB";
}

std::string CheckDataWithFin(Subject& subject, Deadline deadline) {
  constexpr int kCalls = 100;
  std::mt19937_64 random(subject.seed);
  std::uniform_int_distribution<size_t> size(1, 1000);
  for (int i = 0; i < kCalls; ++i) {
    Caller caller(subject, deadline);
    caller.AwaitConnection();
    // A corked socket holds the data back until the end of the stream goes with it.
    (void)sys::SetOption(caller.fd(), IPPROTO_TCP, TCP_CORK, 1);
    caller.Send(caller.Take(size(random)));
    caller.EndStream();
    caller.ExpectEnd();
  }
  return "100 callers, 1 to 1,000 bytes in one segment with the FIN, all came back";
}

std::string CheckConnectAndLeave(Subject& subject, Deadline deadline) {
  constexpr int kCalls = 1000;
  Caller bystander(subject, deadline);
  for (int i = 0; i < kCalls; ++i) {
    Caller caller(subject, deadline);
    caller.AwaitConnection();
    if (i % 2 == 0) continue;  // closes
    caller.EndStream();
    caller.ExpectEnd();
  }
  ExpectUndisturbed(bystander);
  ExpectAlive(subject, deadline);
  return "1,000 callers left without a word, half of them were hung up on in turn";
}

std::string CheckResetStorm(Subject& subject, Deadline deadline) {
  constexpr int kCalls = 3000;
  Caller bystander(subject, deadline);
  for (int i = 0; i < kCalls; ++i) {
    Caller caller(subject, deadline);
    caller.AwaitConnection();
    const int way = i % 20;
    const size_t speech_bytes = way >= 18 ? kSpeechBytes : way >= 13 ? 64 * 1024 : 1000;
    if (way >= 8) (void)caller.SendWithoutReading(caller.Take(speech_bytes), 0);
    if (way == 19) caller.EndStream();  // after this a reset makes the server's next write an EPIPE
    if (way >= 18) caller.AwaitInput();  // so that the reset comes in mid echo
    caller.ResetConnection();
    if (i % 100 == 0) ExpectUndisturbed(bystander);
  }
  ExpectUndisturbed(bystander);
  ExpectAlive(subject, deadline);
  return "3,000 resets, 300 of them in mid echo; others undisturbed";
}

std::string CheckDescriptorLeak(Subject& subject, Deadline deadline) {
  constexpr int kCalls = 400;
  constexpr int64_t kSlack = 2;  // a runtime may open something of its own meanwhile
  constexpr int kPatienceMs = 5000;
  if (subject.pid < 0) throw Skipped("needs --pid, or --command alone");
  ExpectAlive(subject, deadline);  // so that what is opened once is open
  const int64_t before = sys::SumOverTree(subject.pid, sys::OpenDescriptors);
  if (before < 0) {
    throw Skipped("the descriptors of process " + std::to_string(subject.pid) +
                  " cannot be looked at; run this as its user");
  }
  for (int i = 0; i < kCalls; ++i) {
    Caller caller(subject, deadline);
    caller.AwaitConnection();
    if (i % 4 == 1) caller.Echo(caller.Take(64));
    if (i % 4 >= 2) (void)caller.SendWithoutReading(caller.Take(64 * 1024), 0);
    if (i % 4 == 3) caller.ResetConnection();
  }
  ExpectAlive(subject, deadline);  // so that all those before it have been accepted
  int64_t after = sys::SumOverTree(subject.pid, sys::OpenDescriptors);
  const Deadline patience(std::min(kPatienceMs, deadline.RemainingMs()));
  while (after > before + kSlack && !patience.Passed()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    after = sys::SumOverTree(subject.pid, sys::OpenDescriptors);
  }
  const std::string counts =
      std::to_string(before) + " descriptors before 400 calls, " + std::to_string(after) + " after";
  if (after < 0) throw Failed("the process ended during 400 calls");
  if (after > before + kSlack) throw Failed(counts);
  return counts;
}

}  // namespace switchboard::load
