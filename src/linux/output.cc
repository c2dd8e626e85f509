#include "src/linux/output.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "src/linux/fixed_text.h"

namespace switchboard::sys {
namespace {

Fd OpenAnew(int fd) {
  FixedText<40> path;
  path << "/proc/self/fd/" << fd << '\0';
  return Fd(::open(std::string_view(path).data(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

// Blocks, in this thread, the signals that a write may raise.
class WriteSignalsBlocked {
 public:
  WriteSignalsBlocked() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGPIPE, SIGXFSZ, SIGTTOU}) ::sigaddset(&set, signal);
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  }
  ~WriteSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  WriteSignalsBlocked(const WriteSignalsBlocked&) = delete;
  WriteSignalsBlocked& operator=(const WriteSignalsBlocked&) = delete;

  // Takes back a `signal` that the write has raised. Such a signal is for this thread alone, and so
  // comes before one that another process has sent.
  void Discard(int signal) const {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, signal);
    const timespec at_once{};
    ::sigtimedwait(&set, nullptr, &at_once);
  }

 private:
  sigset_t before_;
};

}  // namespace

Output::Output(int fd) : fd_(fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return;  // it is not open, and every write to it fails
  device_ = status.st_dev;
  inode_ = status.st_ino;
  if (S_ISREG(status.st_mode)) return;
  if (S_ISSOCK(status.st_mode)) {
    kind_ = Kind::kSocket;
    return;
  }
  reopened_ = OpenAnew(fd);
  kind_ = reopened_ ? Kind::kReopened : Kind::kMayWait;
}

bool Output::HasRoom() const {
  pollfd watched{.fd = fd(), .events = POLLOUT, .revents = 0};
  return ::poll(&watched, 1, 0) > 0;
}

bool Output::IsJournal() const {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  FixedText<64> own;
  own << device_ << ':' << inode_;
  return kind_ == Kind::kSocket && stream != nullptr && std::string_view(own) == stream;
}

Result Output::Write(std::string_view text) const {
  const WriteSignalsBlocked signals;
  for (;;) {
    const Result written = FromReturn(
        kind_ == Kind::kSocket ? ::send(fd(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                               : ::write(fd(), text.data(), text.size()));
    if (written.error == EINTR) continue;
    if (written.error == EPIPE) signals.Discard(SIGPIPE);
    if (written.error == EFBIG) signals.Discard(SIGXFSZ);
    return written;
  }
}

}  // namespace switchboard::sys
