// A system call that fails for ever, as under a security module. seccomp(2).

#ifndef SWITCHBOARD_TESTS_SUPPORT_REFUSAL_H_
#define SWITCHBOARD_TESTS_SUPPORT_REFUSAL_H_

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <cstddef>
#include <vector>

namespace switchboard::test {

struct Refusal {
  unsigned call;      // SYS_socket and the like
  unsigned error;     // that it fails with
  int argument = -1;  // counts from 0; below that, any call fails
  unsigned value = 0;
};

// From here on, for the calling thread and the threads and processes that it begins: the call
// fails, or only one whose `argument` has that `value`. False if this is not permitted.
inline bool Refuse(const Refusal& refusal) {
  const auto load = [](size_t offset) -> sock_filter {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset));
  };
  // Goes on with the next instruction if what was loaded is `wanted`, else skips `skipped`.
  const auto is = [](unsigned wanted, unsigned char skipped) -> sock_filter {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, wanted, 0, skipped);
  };
  const bool any = refusal.argument < 0;
  std::vector<sock_filter> program = {load(offsetof(seccomp_data, nr)),
                                      is(refusal.call, any ? 1 : 3)};
  if (!any) {
    const auto argument = static_cast<size_t>(refusal.argument);
    program.push_back(load(offsetof(seccomp_data, args) + sizeof(__u64) * argument));
    program.push_back(is(refusal.value, 1));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | refusal.error));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()),
                          .filter = program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_REFUSAL_H_
