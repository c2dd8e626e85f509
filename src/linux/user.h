// Giving up the rights of root for good. setresuid(2), capabilities(7).

#ifndef SWITCHBOARD_SRC_LINUX_USER_H_
#define SWITCHBOARD_SRC_LINUX_USER_H_

#include <sys/types.h>

namespace switchboard::sys {

// By number, as names need a service that a small image does not have.
struct User {
  uid_t uid;
  gid_t gid;
};

// Makes the process that user's, with no other group, no capability, an empty bounding set and no
// way back (no_new_privs), and makes sure of it. Most of that is a thread's own, so there must be
// one thread only. Throws std::runtime_error with one sentence if the system refuses any of it.
void BecomeUser(User user);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_USER_H_
