#include "src/proxy/anteroom.h"

#include <new>
#include <optional>
#include <utility>

#include "src/linux/clock.h"
#include "src/linux/fork.h"
#include "src/linux/socket.h"
#include "src/linux/way_out.h"
#include "src/proxy/header.h"

namespace switchboard {

Anteroom::Anteroom(Config config, sys::Epoll& epoll, ReactorCounters& counters, Log& log)
    : config_(std::move(config)), epoll_(epoll), counters_(counters), log_(log) {}

void Anteroom::Enter(sys::Fd fd, const Listener& listener, const sys::Address& peer,
                     int64_t now_ms) {
  reactor_thread_.Check();
  if (!config_.trusted.Contains(peer)) {
    counters_.proxy_untrusted.Add();
    log_.WriteLimited(LogLevel::kWarn, "proxy_refused reason=untrusted",
                      LogText() << "peer=" << peer.ToText());
    return sys::CloseWithCopies(std::move(fd), false);
  }
  Guests::iterator guest;
  try {
    guest = awaited_.try_emplace(awaited_.end(), ++last_number_);
  } catch (const std::bad_alloc&) {
    NoteNoMemory();
    return sys::CloseWithCopies(std::move(fd), false);
  }
  guest->second = {.fd = std::move(fd),
                   .listener = &listener,
                   .caller = peer,
                   .due_ms = now_ms + config_.timeout_ms,
                   .read = {}};
  // As a rule the header has come with the call.
  if (!Read(guest)) return;
  const sys::Result added =
      epoll_.Add(guest->second.fd.get(), EPOLLIN | EPOLLRDHUP, SourceOf(guest->first).ToData());
  if (added) return;
  counters_.register_failed.Add();
  log_.WriteLimited(LogLevel::kWarn, "register_failed",
                    LogText() << "error=" << sys::ErrorName(added.error));
  End(guest, false);
}

void Anteroom::HandleEvent(const EventSource& source) {
  reactor_thread_.Check();
  const uint64_t number = uint64_t{source.slot} * EventSource::kGenerations + source.generation;
  const auto guest = awaited_.find(number);
  if (guest != awaited_.end()) (void)Read(guest);
}

// What has come may be among the events that a round had no room for.
void Anteroom::EndLate(int64_t now_ms) {
  reactor_thread_.Check();
  while (first_due_ms() <= now_ms) {
    const auto guest = awaited_.begin();
    if (Read(guest)) Refuse(guest, counters_.proxy_timeout, "timeout");
  }
}

void Anteroom::EndAwaited() {
  reactor_thread_.Check();
  while (!awaited_.empty()) {
    const auto guest = awaited_.begin();
    if (Read(guest)) Refuse(guest, counters_.proxy_timeout, "stopped");
  }
}

int64_t Anteroom::first_due_ms() const {
  return awaited_.empty() ? sys::kNever : awaited_.begin()->second.due_ms;
}

Anteroom::Guest Anteroom::Take(Guests& from, Guests::iterator guest) {
  Guest taken = std::move(guest->second);
  from.erase(guest);
  return taken;
}

EventSource Anteroom::SourceOf(uint64_t number) {
  EventSource source{.kind = EventSource::Kind::kGuest};
  source.slot = static_cast<uint32_t>(number / EventSource::kGenerations);
  source.generation = number & (EventSource::kGenerations - 1);
  return source;
}

// Reads what is there. False if the guest is awaited no more.
bool Anteroom::Read(Guests::iterator guest) {
  try {
    const uint64_t number = guest->first;
    while (ReadMore(guest)) {
    }
    return awaited_.contains(number);
  } catch (const std::bad_alloc&) {
    NoteNoMemory();
    End(guest, false);
    return false;
  }
}

// Looks at what is there, and takes what belongs to the header. False if there is no more, or the
// guest is awaited no more.
bool Anteroom::ReadMore(Guests::iterator guest) {
  Guest& of = guest->second;
  char bytes[kMaxProxyHeaderBytes];
  const size_t before = of.read.copy(bytes, of.read.size());
  const sys::Result seen = sys::Peek(of.fd.get(), bytes + before, sizeof(bytes) - before);
  if (seen.WouldBlock()) return false;
  if (!seen || seen.value == 0) {
    OnGone(guest);
    return false;
  }
  const size_t there = before + static_cast<size_t>(seen.value);
  const ProxyHeader header = ParseProxyHeader({bytes, there});
  if (header.status == ProxyHeader::Status::kMalformed) {
    Refuse(guest, counters_.proxy_malformed, "malformed");
    return false;
  }
  const bool whole = header.status == ProxyHeader::Status::kWhole;
  of.read.reserve(there);
  const size_t wanted = (whole ? header.size : there) - before;
  const sys::Result got = sys::Recv(of.fd.get(), bytes + before, wanted);
  if (!got) return got.WouldBlock() ? false : (OnGone(guest), false);
  const auto taken = static_cast<size_t>(got.value);
  of.read.append(bytes + before, taken);
  if (!whole || taken < wanted) return true;
  Announce(guest, header);
  return false;
}

void Anteroom::Announce(Guests::iterator guest, const ProxyHeader& header) {
  Guest& of = guest->second;
  of.named = header.caller.has_value();
  if (header.caller) of.caller = *header.caller;
  if (!header.local) {
    Counter& named = header.version == 1 ? counters_.proxy_v1 : counters_.proxy_v2;
    (header.caller ? named : counters_.proxy_unknown).Add();
  }
  // Fails only if the header came with the call, before the guest was watched.
  (void)epoll_.Remove(of.fd.get());
  of.read = std::string();
  (header.local ? checks_ : callers_).insert(awaited_.extract(guest));
}

// Who leaves without a word has only asked whether somebody answers.
void Anteroom::OnGone(Guests::iterator guest) {
  if (!guest->second.read.empty()) return Refuse(guest, counters_.proxy_malformed, "cut_short");
  counters_.checks.Add();
  End(guest, false);
}

void Anteroom::NoteNoMemory() {
  counters_.no_memory.Add();
  log_.WriteLimited(LogLevel::kWarn, "no_memory", LogText() << "guests=" << guests());
}

void Anteroom::Refuse(Guests::iterator guest, Counter& counter, std::string_view reason) {
  counter.Add();
  log_.WriteLimited(LogLevel::kWarn, LogText() << "proxy_refused reason=" << reason,
                    LogText() << "peer=" << guest->second.caller.ToText());
  End(guest, true);
}

void Anteroom::End(Guests::iterator guest, bool reset) {
  sys::Fd& fd = guest->second.fd;
  if (sys::HasForked()) (void)epoll_.Remove(fd.get());
  sys::CloseWithCopies(std::move(fd), reset);
  awaited_.erase(guest);
}

}  // namespace switchboard
