#include "tests/support/network.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "src/linux/socket.h"
#include "tests/support/server_process.h"

namespace switchboard::test {
namespace {

sys::Fd NetworkOf(const std::string& process) {
  return sys::Fd(::open(("/proc/" + process + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC));
}

}  // namespace

std::vector<std::string> InANetworkOfItsOwn() {
  Spawn alone;
  alone.wrapper = {"unshare", "--net"};
  if (RunToEnd({"--version"}, alone).status == 0) return alone.wrapper;
  MESSAGE("left out: a network namespace cannot be made here");
  return {};
}

Inside::Inside(pid_t pid) : own_(NetworkOf("thread-self")) {
  REQUIRE(::setns(NetworkOf(std::to_string(pid)).get(), CLONE_NEWNET) == 0);
}

Inside::~Inside() { ::setns(own_.get(), CLONE_NEWNET); }

void SetLoopback(bool up) {
  const sys::Fd any(static_cast<int>(sys::StreamSocket(AF_INET).value));
  ifreq loopback{};
  std::snprintf(loopback.ifr_name, sizeof(loopback.ifr_name), "lo");
  loopback.ifr_flags = static_cast<short>(up ? IFF_UP : 0);
  REQUIRE(::ioctl(any.get(), SIOCSIFFLAGS, &loopback) == 0);
}

bool LosePackets(int percent) {
  const std::string rule =
      "table inet loss { chain input { type filter hook input priority 0; "
      "numgen random mod 100 < " +
      std::to_string(percent) + " drop; }; }";
  if (std::system(("nft '" + rule + "' >&2").c_str()) == 0) return true;
  MESSAGE("left out: packets cannot be lost here, which needs nft and its random numbers");
  return false;
}

}  // namespace switchboard::test
