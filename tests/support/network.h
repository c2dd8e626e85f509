// A network namespace for a server alone, in which a test makes what networks do to callers.
// network_namespaces(7).

#ifndef SWITCHBOARD_TESTS_SUPPORT_NETWORK_H_
#define SWITCHBOARD_TESTS_SUPPORT_NETWORK_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "src/linux/fd.h"

namespace switchboard::test {

// A wrapper that starts a server in a network of its own, whose loopback is down; none, which is
// said, if that cannot be done here.
std::vector<std::string> InANetworkOfItsOwn();

// The calling thread, and what it starts, is in the network of a process for as long as this object
// lives.
class Inside {
 public:
  explicit Inside(pid_t pid);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  const sys::Fd own_;
};

// In the network of the calling thread.
void SetLoopback(bool up);
// Loses that many of a hundred packets of the calling thread's network, at random. False if that
// cannot be done here, nft(8).
bool LosePackets(int percent);

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_NETWORK_H_
