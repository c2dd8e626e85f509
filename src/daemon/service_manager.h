// What the program tells the service manager that started it, systemd as a rule: that it serves, or
// why it does not, that it is alive, that it is about to stop and still at it, and which sockets to
// keep for the next server.
//
// Of the program alone, not of the library. Without a manager nothing of it does anything. What it
// says is a datagram, sd_notify(3), that is lost if the manager does not take it. Any thread, but
// for Stopping.

#ifndef SWITCHBOARD_SRC_DAEMON_SERVICE_MANAGER_H_
#define SWITCHBOARD_SRC_DAEMON_SERVICE_MANAGER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "src/linux/notify.h"
#include "src/linux/semaphore.h"
#include "src/linux/thread.h"

namespace switchboard {

class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID and takes them out of the environment.
  // Before any thread is started.
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  bool is_there() const { return socket_.is_open(); }

  // It serves, in so many processes and at so many addresses.
  void Ready(size_t processes, size_t addresses) const;
  // Another number of its processes serves there than before.
  void SayHowManyServe(size_t serving, size_t processes, size_t addresses) const;
  // How often it wants to hear that the server is alive, in microseconds; 0: it does not.
  int64_t watchdog_us() const { return is_there() ? watchdog_us_ : 0; }
  void Alive() const;
  // It stops, and asks each second for the time that it needs. Once, by the thread of signals.
  void Stopping();
  // The same for a program without threads, which asks by itself.
  void SayStopping() const;
  void AskForTime() const;

  // It has failed, as a rule before it served: why, in one sentence, and the errno that this is
  // about; 0: none.
  void SayFailure(std::string_view why, int error = 0) const;

  // The manager's store of descriptors: one is kept under `name`, or those of that name are closed.
  void Keep(int descriptor, const std::string& name) const;
  void Drop(const std::string& name) const;

 private:
  const sys::NotifySocket socket_;
  const int64_t watchdog_us_;
  sys::Semaphore over_;
  sys::Thread asking_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_DAEMON_SERVICE_MANAGER_H_
