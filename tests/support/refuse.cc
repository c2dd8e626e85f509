// refuse CALL ERROR ARGUMENT VALUE COMMAND...: runs COMMAND with a system call that fails with
// ERROR for ever, as under a security module. All are numbers; ARGUMENT counts from 0, and the call
// fails only if it has that VALUE; -1 is any call.

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

sock_filter Load(size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset));
}

// Goes on with the next instruction if what was loaded is `value`, else skips `skipped`.
sock_filter Is(unsigned value, unsigned char skipped) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped);
}

bool Refuse(unsigned call, unsigned error, int argument, unsigned value) {
  std::vector<sock_filter> program = {Load(offsetof(seccomp_data, nr)),
                                      Is(call, argument < 0 ? 1 : 3)};
  if (argument >= 0) {
    program.push_back(
        Load(offsetof(seccomp_data, args) + sizeof(__u64) * static_cast<size_t>(argument)));
    program.push_back(Is(value, 1));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()),
                          .filter = program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) return 125;
  if (!Refuse(static_cast<unsigned>(std::atoi(argv[1])), static_cast<unsigned>(std::atoi(argv[2])),
              std::atoi(argv[3]), static_cast<unsigned>(std::atoi(argv[4])))) {
    std::perror("refuse");
    return 125;
  }
  ::execvp(argv[5], &argv[5]);
  return 127;
}
