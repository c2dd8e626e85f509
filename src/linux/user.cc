#include "src/linux/user.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <string>

namespace switchboard::sys {
namespace {

using Capabilities = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

void OrThrow(long returned, const char* what) {
  if (returned >= 0) return;
  throw std::runtime_error(std::string("cannot ") + what + ": " + std::strerror(errno) +
                           "; start as root, or leave --user out");
}

// Every capability that this kernel knows.
template <typename Do>
void ForEachCapability(Do what) {
  for (unsigned long number = 0;; ++number) {
    const int present = ::prctl(PR_CAPBSET_READ, number, 0, 0, 0);
    if (present < 0) return;
    what(number, present == 1);
  }
}

long SetCapabilities(const Capabilities& wanted) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  return ::syscall(SYS_capset, &header, wanted.data());
}

bool HasCapabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Capabilities held{};
  if (::syscall(SYS_capget, &header, held.data()) != 0) return true;
  bool any = std::ranges::any_of(held, [](const auto& each) {
    return (each.effective | each.permitted | each.inheritable) != 0;
  });
  ForEachCapability([&any](unsigned long, bool present) { any = any || present; });
  return any;
}

bool Is(User user) {
  uid_t uids[3];
  gid_t gids[3];
  if (::getresuid(&uids[0], &uids[1], &uids[2]) != 0) return false;
  if (::getresgid(&gids[0], &gids[1], &gids[2]) != 0) return false;
  return std::ranges::count(uids, user.uid) == 3 && std::ranges::count(gids, user.gid) == 3 &&
         ::getgroups(0, nullptr) == 0;
}

}  // namespace

// The bounding set first, and the user last, as each step needs a right that a later one takes.
void BecomeUser(User user) {
  ForEachCapability([](unsigned long number, bool present) {
    if (present) OrThrow(::prctl(PR_CAPBSET_DROP, number, 0, 0, 0), "give up capabilities");
  });
  OrThrow(::setgroups(0, nullptr), "leave the groups");
  OrThrow(::setresgid(user.gid, user.gid, user.gid), "change the group");
  OrThrow(::setresuid(user.uid, user.uid, user.uid), "change the user");
  OrThrow(SetCapabilities({}), "give up capabilities");
  OrThrow(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up the way back");
  const bool done = Is(user) && !HasCapabilities() && ::setresuid(0, 0, 0) != 0 &&
                    ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  if (!done) throw std::runtime_error("rights of root are left after --user; do not start as root");
}

}  // namespace switchboard::sys
