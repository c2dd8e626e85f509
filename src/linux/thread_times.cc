#include "src/linux/thread_times.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <string_view>

#include "src/linux/fd.h"
#include "src/linux/fixed_text.h"

namespace switchboard::sys {
namespace {

// The beginning of a file, as much as is asked for here.
class Beginning {
 public:
  Beginning(pid_t pid, pid_t tid, std::string_view file) noexcept {
    FixedText<80> path;
    path << "/proc/" << pid << "/task/" << tid << '/' << file << '\0';
    const Fd fd(::open(std::string_view(path).data(), O_RDONLY | O_CLOEXEC));
    const ssize_t got = fd ? ::pread(fd.get(), text_, sizeof(text_), 0) : 0;
    size_ = got > 0 ? static_cast<size_t>(got) : 0;
  }

  std::string_view text() const { return {text_, size_}; }

 private:
  char text_[256];
  size_t size_;
};

// Takes a number and what separates it from the next; 0 if there is none.
int64_t TakeNumber(std::string_view& text) noexcept {
  int64_t number = 0;
  const char* const end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return number;
}

}  // namespace

std::optional<ThreadTimes> TimesOfThread(pid_t pid, pid_t tid) noexcept {
  const Beginning schedstat(pid, tid, "schedstat");
  const Beginning stat(pid, tid, "stat");
  std::string_view numbers = schedstat.text();
  const int64_t ran_ns = TakeNumber(numbers);
  const int64_t waited_ns = TakeNumber(numbers);
  // "PID (NAME) STATE ...", and a name may hold anything.
  const size_t name_end = stat.text().rfind(')');
  // Where the kernel does not count, a thread has never run.
  if (ran_ns == 0 || name_end == std::string_view::npos) return std::nullopt;
  return ThreadTimes{ran_ns, waited_ns, stat.text().substr(name_end, 3) == ") R"};
}

pid_t OwnTid() { return ::gettid(); }

}  // namespace switchboard::sys
