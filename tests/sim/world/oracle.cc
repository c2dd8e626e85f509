#include "tests/sim/world/oracle.h"

#include <algorithm>
#include <sstream>

namespace switchboard::sim {
namespace {

using Ending = CallerPlan::Ending;

// Deadlines are whole milliseconds, and a slow network takes a while to deliver.
constexpr int64_t kEarlyNs = 12'000'000;

// How long the server waits for a caller to take what is on its way, once it has hung up.
constexpr int64_t kLingerNs = 2'200'000'000;

std::string Books(const Stats& stats) {
  if (stats.active != 0 || stats.accepted != stats.closed()) {
    return "accepted is not active and closed: " + stats.ToLogfmt();
  }
  if (stats.bytes_buffered != 0 ||
      stats.bytes_in != stats.bytes_out + stats.bytes_lost + stats.bytes_discarded) {
    return "bytes_in is not out, lost and discarded: " + stats.ToLogfmt();
  }
  return "";
}

// What the server says it sent and received, by what callers said and heard.
std::string Exchange(const Stats& stats, const std::vector<std::unique_ptr<Caller>>& callers) {
  uint64_t said = 0, heard = 0;
  for (const auto& caller : callers) {
    said += caller->said_bytes();
    heard += caller->heard_bytes();
  }
  if (stats.bytes_in > said) return "the server has heard more than was said";
  // What was on its way when a connection was reset is taken for lost, and some of it may arrive.
  if (stats.bytes_out + stats.bytes_unsolicited + stats.bytes_lost < heard)
    return "callers have heard what was not sent";
  return "";
}

std::string Leaks(const Machine& machine) {
  if (machine.open_descriptors() != 0) {
    return std::to_string(machine.open_descriptors()) + " descriptors are left open";
  }
  if (machine.mapped_bytes != 0) {
    return std::to_string(machine.mapped_bytes) + " bytes of buffers are left";
  }
  return "";
}

// Every line of the log is whole, however little was written at a time.
std::string TornLine(const Machine& machine) {
  const auto log = machine.written.find(2);
  if (log == machine.written.end()) return "";
  std::istringstream lines(log->second);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("time=") != 0) return "a torn line in the log: " + line;
  }
  return "";
}

// More than all the buffers on the way back to the caller take.
bool FillsItsBuffers(const TrialPlan& plan, const Caller& caller) {
  const size_t server_bytes = plan.options.socket_buffer_bytes > 0
                                  ? static_cast<size_t>(plan.options.socket_buffer_bytes)
                                  : SocketSettings().send_bytes;
  return caller.plan().ending == Ending::kDeaf && caller.plan().answer == Answer::kEcho &&
         caller.said_bytes() > server_bytes + caller.plan().socket.receive_bytes;
}

// A caller that is not yet accepted has no deadline, and nothing to expect.
bool MayWaitInBacklog(const TrialPlan& plan) {
  return plan.options.max_connections > 0 || plan.fault_one_in > 0 ||
         plan.machine.descriptor_limit < 100;
}

// Whether a caller that has fallen silent, or does not read, was hung up on when it should be.
std::string Deadline(const TrialPlan& plan, const Caller& caller) {
  const int64_t idle_ms = plan.options.idle_timeout_ms;
  const int64_t write_ms = plan.options.write_timeout_ms;
  const bool deaf = caller.plan().ending == Ending::kDeaf;
  const bool stalls = FillsItsBuffers(plan, caller);
  const int64_t least_ms =
      deaf && write_ms > 0 && (idle_ms == 0 || write_ms < idle_ms) ? write_ms : idle_ms;
  const int64_t most_ms = stalls && write_ms > 0 ? write_ms : idle_ms;
  const int64_t silent_ns = caller.ended_ns() - caller.moved_ns();
  const std::string silent =
      "was hung up on after " + std::to_string(silent_ns / 1'000'000) + " ms";
  if (silent_ns < least_ms * 1'000'000 - kEarlyNs) return silent;
  if (most_ms == 0 || (deaf && !stalls) || MayWaitInBacklog(plan)) return "";
  // A caller that does not read does not learn of an orderly end.
  const int64_t unheard_ns = stalls && write_ms == 0 ? kLingerNs : 0;
  return silent_ns > most_ms * 1'100'000 + unheard_ns + plan.late_ns ? silent : "";
}

// Until when the server serves this caller as if it had not been told to stop: as a lame duck
// everybody, then those whom it has let in, as it may hear of others too late.
int64_t EndOfServiceNs(const TrialPlan& plan, const Caller& caller) {
  if (plan.stop_ns == kNeverNs || plan.ends_phases) return plan.stop_ns;
  const int64_t still_ms =
      plan.options.lame_duck_ms + (caller.heard_bytes() > 0 ? plan.options.drain_callers_ms : 0);
  return plan.stop_ns + still_ms * 1'000'000;
}

std::string Treatment(const TrialPlan& plan, const Caller& caller) {
  if (!caller.complaint().empty()) return caller.complaint();
  const bool stopped = caller.done() && caller.ended_ns() >= EndOfServiceNs(plan, caller);
  if (caller.hit() || caller.turned_away()) return "";
  if (!MayWaitInBacklog(plan) && caller.longest_wait_ns() > plan.longest_wait_ns) {
    return "waited for " + std::to_string(caller.longest_wait_ns() / 1'000'000) + " ms";
  }
  if (stopped) return "";
  if (caller.refused()) return "refused";
  if (caller.plan().ending != Ending::kDeaf && !caller.HasEverything())
    return "not served to the end";
  return caller.WaitsToBeHungUpOn() ? Deadline(plan, caller) : "";
}

}  // namespace

std::string Judge(const TrialPlan& plan, const TrialReport& report, const Machine& machine,
                  const std::vector<std::unique_ptr<Caller>>& callers) {
  if (const std::string leak = Leaks(machine); !leak.empty()) return leak;
  if (const std::string torn = TornLine(machine); !torn.empty()) return torn;
  if (!report.started) return "";
  // A lack of memory hits a caller of whom it is not known here which it is, and not everybody who
  // is turned away is told, or listens.
  int64_t forgiven = machine.faults_without_owner + static_cast<int64_t>(report.stats.rejected) -
                     std::ranges::count_if(callers, [](const auto& c) { return c->turned_away(); });
  for (const auto& caller : callers) {
    const std::string wrong = Treatment(plan, *caller);
    if (wrong.empty() || (caller->complaint().empty() && forgiven-- > 0)) continue;
    return caller->Describe() + ": " + wrong + "; " + report.stats.ToLogfmt();
  }
  if (report.calls_begun != report.calls_ended) {
    return "services have heard " + std::to_string(report.calls_begun) + " calls begin and " +
           std::to_string(report.calls_ended) + " end";
  }
  if (const std::string wrong = Books(report.stats); !wrong.empty()) return wrong;
  return Exchange(report.stats, callers);
}

}  // namespace switchboard::sim
