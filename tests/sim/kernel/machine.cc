#include "tests/sim/kernel/machine.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace switchboard::sim {
namespace {

constexpr size_t kFirstDescriptor = 3;  // behind the standard streams

Machine* here = nullptr;

thread_local bool is_server = false;
thread_local int seams = 0;  // that the thread is below

}  // namespace

Machine::Machine(const Config& config)
    : descriptor_limit(config.descriptor_limit),
      random(config.seed),
      scheduler(random, *this),
      call_ns(config.call_ns),
      slow_network(config.slow_network),
      files_(kFirstDescriptor) {
  here = this;
}

Machine::~Machine() { here = nullptr; }

Machine& Machine::Here() {
  if (here == nullptr) {
    static Machine plain{Config()};
    here = &plain;
  }
  return *here;
}

sys::Result Machine::Open(std::shared_ptr<File> file) {
  const auto place = std::find(files_.begin() + kFirstDescriptor, files_.end(), nullptr);
  const auto fd = static_cast<size_t>(place - files_.begin());
  if (fd >= descriptor_limit) return {-1, EMFILE};
  if (place == files_.end()) files_.emplace_back();
  Replace(static_cast<int>(fd), std::move(file));
  return {static_cast<long>(fd), 0};
}

void Machine::Replace(int fd, std::shared_ptr<File> file) {
  file->fd = fd;
  files_[static_cast<size_t>(fd)] = std::move(file);
}

void Machine::Close(int fd) {
  if (Find<File>(fd) == nullptr) Stuck("close of a descriptor that is not open");
  const std::shared_ptr<File> file = std::exchange(files_[static_cast<size_t>(fd)], nullptr);
  file->fd = -1;
  file->LeaveSets();
  if (const auto stream = std::dynamic_pointer_cast<Stream>(file)) {
    bound_.erase(stream->local_port);
    Leave(stream);
  } else if (const auto listening = std::dynamic_pointer_cast<Listening>(file)) {
    listening_.erase(listening->port);
    while (const std::shared_ptr<Stream> caller = listening->Accept()) {
      caller->reset_on_close = true;
      Leave(caller);
    }
  }
}

size_t Machine::open_descriptors() const {
  return files_.size() - static_cast<size_t>(std::count(files_.begin(), files_.end(), nullptr));
}

bool Machine::HasFreeDescriptor() const {
  return kFirstDescriptor + open_descriptors() < descriptor_limit;
}

void Machine::NoteListening(uint16_t port, std::weak_ptr<Listening> listening) {
  bound_.erase(port);
  listening_[port] = std::move(listening);
}

void Machine::Connect(Stream& caller, uint16_t port) {
  if (caller.local_port == 0) caller.local_port = FreePort();
  const auto found = listening_.find(port);
  const std::shared_ptr<Listening> listening =
      found == listening_.end() ? nullptr : found->second.lock();
  if (listening == nullptr) return caller.Refuse();
  caller.Connect(*listening);
  if (caller.connected()) NoteStream(caller.peer());
}

void Machine::Leave(std::shared_ptr<Stream> stream) {
  stream->Leave();
  if (!stream->IsOver()) orphans_.push_back(std::move(stream));
}

void Machine::Settle() {
  if (slow_network) return;
  for (;;) {
    const std::vector<std::shared_ptr<Stream>> ready = Deliverable();
    if (ready.empty()) return;
    for (const std::shared_ptr<Stream>& stream : ready) stream->Deliver(SIZE_MAX);
  }
}

std::vector<std::shared_ptr<Stream>> Machine::Deliverable() {
  std::erase_if(orphans_, [](const auto& stream) { return stream->IsOver(); });
  std::erase_if(streams_, [](const auto& stream) { return stream.expired(); });
  std::vector<std::shared_ptr<Stream>> ready;
  for (const std::weak_ptr<Stream>& each : streams_) {
    std::shared_ptr<Stream> stream = each.lock();
    if (stream->CanDeliver()) ready.push_back(std::move(stream));
  }
  return ready;
}

// The network or one of the actors, from a place that the seed chooses on, until one did something.
bool Machine::Step() {
  const std::vector<std::shared_ptr<Stream>> ready = Deliverable();
  const size_t all = ready.size() + actors_.size();
  if (all == 0) return false;
  const size_t start = random.Below(all);
  for (size_t i = 0; i < all; ++i) {
    const size_t choice = (start + i) % all;
    if (choice < ready.size()) {
      ready[choice]->Deliver(random.OneIn(4) ? 1 + random.Below(100) : SIZE_MAX);
      return true;
    }
    if (actors_[choice - ready.size()]->Step()) return true;
  }
  return false;
}

int64_t Machine::due_ns() const {
  int64_t first_ns = kNeverNs;
  for (const Actor* const actor : actors_) first_ns = std::min(first_ns, actor->due_ns());
  return first_ns;
}

void Machine::Stuck(const std::string& why) {
  if (on_stuck) on_stuck(why);
  std::fprintf(stderr, "the simulated machine cannot go on: %s\n", why.c_str());
  std::abort();
}

void MarkHit(File& file) {
  file.hit = true;
  const auto* const stream = dynamic_cast<Stream*>(&file);
  const std::shared_ptr<Stream> peer = stream == nullptr ? nullptr : stream->peer();
  if (peer != nullptr) peer->hit = true;
}

size_t Shortened(int fault, size_t size) {
  return fault == kShort && size > 1 ? 1 + Machine::Here().random.Below(size - 1) : size;
}

Seam::Seam(SystemCall call, int64_t first, int64_t second)
    : call_(call), first_(first), second_(second) {
  ++seams;
  Machine& machine = Machine::Here();
  machine.scheduler.SpendTime(machine.call_ns);
  machine.scheduler.MayYield();
  fault_ = machine.faults.Next(call, machine.random);
}

Seam::~Seam() { --seams; }

sys::Result Seam::Noted(sys::Result result) {
  Machine& machine = Machine::Here();
  const int64_t outcome = result.error != 0 ? -int64_t{result.error} : result.value;
  machine.trace.Add(machine.scheduler.now_ns(), machine.scheduler.running(), FactsOf(call_).name,
                    first_, second_, outcome);
  return result;
}

bool Seam::IsServer() { return is_server && seams == 0; }

void Seam::SetServer(bool server) { is_server = server; }

}  // namespace switchboard::sim
