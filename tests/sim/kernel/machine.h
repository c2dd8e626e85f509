// The simulated machine: its threads, clock, descriptors and network, and the faults that meet the
// server's calls.
//
// There is one at a time, made by a test before the server and destroyed after it; what asks for
// one without making it (Here) gets a plain one, without faults and with a network that delivers
// at once.

#ifndef SWITCHBOARD_TESTS_SIM_KERNEL_MACHINE_H_
#define SWITCHBOARD_TESTS_SIM_KERNEL_MACHINE_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/kernel/calls.h"
#include "tests/sim/kernel/file.h"
#include "tests/sim/kernel/random.h"
#include "tests/sim/kernel/scheduler.h"
#include "tests/sim/kernel/stream.h"
#include "tests/sim/kernel/trace.h"

namespace switchboard::sim {

// Somebody outside the server: see World.
class Actor {
 public:
  virtual ~Actor() = default;
  virtual bool Step() = 0;
  virtual int64_t due_ns() const { return kNeverNs; }
};

class Machine final : private World {
 public:
  struct Config {
    uint64_t seed = 0;
    size_t descriptor_limit = 1024;
    bool slow_network = false;  // bytes are under way for a while
    int64_t call_ns = 0;        // what each call takes
  };

  explicit Machine(const Config& config);
  ~Machine() override;
  static Machine& Here();

  // Descriptors, the lowest free number first.
  sys::Result Open(std::shared_ptr<File> file);
  void Replace(int fd, std::shared_ptr<File> file);
  void Close(int fd);
  size_t open_descriptors() const;
  bool HasFreeDescriptor() const;
  // nullptr if `fd` stands for something else.
  template <typename Kind>
  Kind* Find(int fd) {
    const bool known = fd >= 0 && static_cast<size_t>(fd) < files_.size();
    return known ? dynamic_cast<Kind*>(files_[static_cast<size_t>(fd)].get()) : nullptr;
  }
  size_t descriptor_limit = 0;

  // The network.
  uint16_t FreePort() { return next_port_++; }
  bool IsTaken(uint16_t port) const { return listening_.contains(port) || bound_.contains(port); }
  void NoteBound(uint16_t port) { bound_.insert(port); }
  void NoteListening(uint16_t port, std::weak_ptr<Listening> listening);
  // Calls `port` from `caller`; it is refused if nobody listens there.
  void Connect(Stream& caller, uint16_t port);
  void Leave(std::shared_ptr<Stream> stream);  // its owner is gone
  void NoteStream(const std::shared_ptr<Stream>& stream) { streams_.push_back(stream); }
  // Unless the network is slow: delivers all that can be delivered.
  void Settle();

  void AddActor(Actor* actor) { actors_.push_back(actor); }
  // Called when a run cannot go on; must not return.
  std::function<void(const std::string& why)> on_stuck;

  Random random;
  Trace trace;
  Faults faults;
  Scheduler scheduler;
  const int64_t call_ns;
  bool slow_network;
  std::set<const void*> locked;        // mutexes
  int64_t mapped_bytes = 0;            // pages that the server has
  std::map<int, std::string> written;  // to standard output and standard error
  int64_t faults_without_owner = 0;    // faults of which no connection is known that they may hurt

 private:
  bool Step() override;
  int64_t due_ns() const override;
  [[noreturn]] void Stuck(const std::string& why) override;
  std::vector<std::shared_ptr<Stream>> Deliverable();

  std::vector<std::shared_ptr<File>> files_;
  uint16_t next_port_ = 40000;
  std::set<uint16_t> bound_;
  std::map<uint16_t, std::weak_ptr<Listening>> listening_;
  std::vector<std::weak_ptr<Stream>> streams_;
  std::vector<std::shared_ptr<Stream>> orphans_;  // nobody owns them, but they have not ended
  std::vector<Actor*> actors_;
};

// A fault has met the connection: neither end can expect what it is owed.
void MarkHit(File& file);

// How many of `size` bytes a call gets to see, where the fault is that it is fewer.
size_t Shortened(int fault, size_t size);

// One call of the server: another may come first, and a fault may meet it.
//
//   Seam seam(SystemCall::kRecv, fd, size);
//   return seam.Returns([&] { ... });
class Seam {
 public:
  explicit Seam(SystemCall call, int64_t first = 0, int64_t second = 0);
  ~Seam();
  Seam(const Seam&) = delete;
  Seam& operator=(const Seam&) = delete;

  int fault() const { return fault_; }
  // Fails as the fault says, or gives back what `body` does.
  template <typename Body>
  sys::Result Returns(Body body) {
    return Noted(fault_ > 0 ? sys::Result{-1, fault_} : body());
  }
  sys::Result Noted(sys::Result result);

  // Whether the calling thread is in the server's own code, and not below a seam.
  static bool IsServer();
  // Marks the calling thread as one of the server's, or no longer.
  static void SetServer(bool server);

 private:
  const SystemCall call_;
  const int64_t first_;
  const int64_t second_;
  int fault_ = 0;
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_KERNEL_MACHINE_H_
