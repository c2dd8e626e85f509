// Which network a socket is in. network_namespaces(7). Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_NETWORK_H_
#define SWITCHBOARD_SRC_LINUX_NETWORK_H_

namespace switchboard::sys {

// Whether the socket is of another network than those that this process makes: it was made before,
// or by somebody outside. False before Linux 5.14, which does not say. SO_NETNS_COOKIE.
bool IsOfAnotherNetwork(int fd);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_NETWORK_H_
