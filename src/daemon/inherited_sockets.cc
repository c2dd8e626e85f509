#include "src/daemon/inherited_sockets.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "src/daemon/environment.h"
#include "src/linux/child.h"
#include "src/linux/network.h"
#include "src/linux/socket.h"
#include "src/services/services.h"
#include "src/status/status_listener.h"

namespace switchboard {
namespace {

constexpr int kFirst = 3;  // SD_LISTEN_FDS_START
constexpr int kMost = 1024;
constexpr size_t kLongestName = 255;
constexpr std::string_view kKeptPrefix = "kept-";
constexpr std::string_view kStatus = "status";

// What a name may not hold is escaped, so that no two addresses have the same one.
std::string NameOf(const std::string& address) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string name(kKeptPrefix);
  for (const char c : address) {
    if (c > ' ' && c <= '~' && c != ':' && c != '%') {
      name += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    name += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return name;
}

}  // namespace

InheritedSockets::InheritedSockets() {
  const std::string pid = TakeVariable("LISTEN_PID");
  const std::string count = TakeVariable("LISTEN_FDS");
  std::istringstream names(TakeVariable("LISTEN_FDNAMES"));
  if (count.empty() || WholeNumber(pid) != sys::OwnPid()) return;  // for somebody else, or nobody
  const int64_t number = WholeNumber(count).value_or(-1);
  if (number < 0 || number > kMost) {
    throw std::runtime_error("LISTEN_FDS is '" + count + "', which is no number from 0 to " +
                             std::to_string(kMost) + "; start the program by its socket unit");
  }
  for (int fd = kFirst; fd < kFirst + number; ++fd) {
    std::string name;
    std::getline(names, name, ':');
    Take(fd, name);
  }
}

void InheritedSockets::Take(int descriptor, const std::string& name) {
  const std::string named = "descriptor " + std::to_string(descriptor) + " ('" + name + "')";
  if (const std::string fault = sys::WhyNotListening(descriptor); !fault.empty()) {
    throw std::runtime_error(named + " of LISTEN_FDS " + fault +
                             "; give a listening stream socket (ListenStream=, Accept=no)");
  }
  of_another_network_ = of_another_network_ || sys::IsOfAnotherNetwork(descriptor);
  if (name == kStatus) {
    if (status_ >= 0) {
      throw std::runtime_error(named +
                               " of LISTEN_FDS is a second one for the status port, which " +
                               "has one address; take one of them out of the socket units");
    }
    status_ = descriptor;
    return;
  }
  all_.push_back(sys::Identity(descriptor));
  if (name.starts_with(kKeptPrefix)) {
    kept_.push_back({all_.back(), name});
    sockets_.push_back({descriptor, ""});
    return;
  }
  const bool is_service = ShippedServices(Options()).contains(name);
  sockets_.push_back({descriptor, is_service ? name : Listen().service});
}

std::unique_ptr<Listener> InheritedSockets::ListenForStatus(const std::string& text) const {
  if (status_ >= 0) return status::AdoptForStatus(status_, text);
  if (text.empty()) return nullptr;
  return status::ListenForStatus(text, of_another_network_);
}

void InheritedSockets::Settle(const std::vector<Server::Listening>& listening,
                              const ServiceManager& manager) const {
  for (const Kept& kept : kept_) {
    const bool used = std::ranges::any_of(listening, [&](const Server::Listening& each) {
      return sys::Identity(each.descriptor) == kept.socket;
    });
    if (!used) manager.Drop(kept.name);
  }
  for (const Server::Listening& each : listening) {
    if (std::ranges::count(all_, sys::Identity(each.descriptor)) > 0) continue;
    const std::string name = NameOf(each.address);
    if (name.size() <= kLongestName) manager.Keep(each.descriptor, name);
  }
}

}  // namespace switchboard
