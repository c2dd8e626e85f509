#include "tests/support/sink.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "tests/support/wait.h"

namespace switchboard::test {

Sink::Sink(sys::Fd writer, sys::Fd reader)
    : writer_(std::move(writer)), reader_(std::move(reader)) {
  REQUIRE(writer_);
  REQUIRE(reader_);
  REQUIRE(::fcntl(reader_.get(), F_SETFL, O_NONBLOCK) == 0);
}

Sink Sink::Pipe() {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  return {sys::Fd(ends[1]), sys::Fd(ends[0])};
}

Sink Sink::Terminal() {
  sys::Fd reader(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(::grantpt(reader.get()) == 0);
  REQUIRE(::unlockpt(reader.get()) == 0);
  char name[64];
  REQUIRE(::ptsname_r(reader.get(), name, sizeof(name)) == 0);
  sys::Fd writer(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
  return {std::move(writer), std::move(reader)};
}

Sink Sink::Socket() {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  return {sys::Fd(ends[1]), sys::Fd(ends[0])};
}

bool Sink::WriteAllThatFits() {
  bool any = false;
  for (const size_t size : {4096, 1}) {
    const std::string block(size, '.');
    while (::write(writer_.get(), block.data(), block.size()) > 0) any = true;
  }
  return any;
}

void Sink::Fill() {
  // The server shares the flags of this end, which are to be what they were.
  const int flags = ::fcntl(writer_.get(), F_GETFL);
  REQUIRE(::fcntl(writer_.get(), F_SETFL, flags | O_NONBLOCK) == 0);
  // A terminal hands on what was written a little later, and then has room again.
  while (WriteAllThatFits()) std::this_thread::sleep_for(milliseconds(50));
  REQUIRE(::fcntl(writer_.get(), F_SETFL, flags) == 0);
}

std::string Sink::ReadAll() {
  std::string text;
  char block[4096];
  for (ssize_t got; (got = ::read(reader_.get(), block, sizeof(block))) > 0;) {
    text.append(block, static_cast<size_t>(got));
  }
  std::erase(text, '\r');
  return text;
}

}  // namespace switchboard::test
