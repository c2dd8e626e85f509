// refuse CALL ERROR ARGUMENT VALUE COMMAND...: runs COMMAND with a system call that fails with
// ERROR for ever. All are numbers, as refusal.h has them; an ARGUMENT of -1 is any call.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "tests/support/refusal.h"

int main(int argc, char** argv) {
  if (argc < 6) return 125;
  const switchboard::test::Refusal refusal{.call = static_cast<unsigned>(std::atoi(argv[1])),
                                           .error = static_cast<unsigned>(std::atoi(argv[2])),
                                           .argument = std::atoi(argv[3]),
                                           .value = static_cast<unsigned>(std::atoi(argv[4]))};
  if (!switchboard::test::Refuse(refusal)) {
    std::perror("refuse");
    return 125;
  }
  ::execvp(argv[5], &argv[5]);
  return 127;
}
