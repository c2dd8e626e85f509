#include "src/inherited_sockets.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "src/linux/socket.h"
#include "src/services/services.h"

namespace switchboard {
namespace {

constexpr int kFirst = 3;  // SD_LISTEN_FDS_START
constexpr int kMost = 1024;
constexpr size_t kLongestName = 255;
constexpr std::string_view kKeptPrefix = "kept-";
constexpr std::string_view kStatus = "status";

std::string Taken(const char* variable) {
  const char* const value = std::getenv(variable);
  const std::string taken = value == nullptr ? "" : value;
  ::unsetenv(variable);
  return taken;
}

// -1: it is no whole number that makes sense.
int Number(const std::string& text) {
  int number = -1;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : -1;
}

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
  const std::string pid = Taken("LISTEN_PID");
  const std::string count = Taken("LISTEN_FDS");
  std::istringstream names(Taken("LISTEN_FDNAMES"));
  if (count.empty() || Number(pid) != ::getpid()) return;  // for somebody else, or nobody
  const int number = Number(count);
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
  if (name == kStatus) {
    throw std::runtime_error(named + " of LISTEN_FDS is for a status port, which is not there; " +
                             "take it out of the socket unit");
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

void InheritedSockets::Settle(const Server& server, const ServiceManager& manager) const {
  const std::vector<Server::Listening> listening = server.ListeningSockets();
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
