// What the constructor of Server says to a program whose Options it cannot take.

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "tests/embedding/running.h"

namespace switchboard::test {
namespace {

// What `options` make the constructor say; empty if it does not object.
template <typename Error>
std::string Objection(const Options& options) {
  try {
    Server server(options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("ObjectsToOptionsThatMakeNoSense") {
  Options options = Quiet({{"127.0.0.1:0"}});
  options.workers = 1025;
  CHECK(Objection<std::invalid_argument>(options).find("1025") != std::string::npos);
  options = Quiet({{"127.0.0.1:0", "fax"}});
  CHECK(Objection<std::invalid_argument>(options).find("fax") != std::string::npos);
  options = Quiet({{"127.0.0.1:0"}});
  options.read_buffer_bytes = 12;
  CHECK(Objection<std::invalid_argument>(options).find("12") != std::string::npos);
  options = Quiet({{"127.0.0.1"}});
  CHECK(Objection<std::invalid_argument>(options).find("127.0.0.1") != std::string::npos);
}

// Each option out of its range: the sentence names the field and its value, and no flag.
TEST_CASE("AnObjectionNamesTheFieldAndNotTheFlag") {
  struct Wrong {
    const char* field;
    const char* value;
    void (*set)(Options&);
  };
  const Wrong wrongs[] = {
      {"Options::workers", "-1", [](Options& o) { o.workers = -1; }},
      {"Options::service_workers", "1025", [](Options& o) { o.service_workers["echo"] = 1025; }},
      {"Options::service_workers", "fax", [](Options& o) { o.service_workers["fax"] = 1; }},
      {"Options::service_workers", "discard", [](Options& o) { o.service_workers["discard"] = 1; }},
      {"Options::listen", "fax", [](Options& o) { o.listen[0].service = "fax"; }},
      {"Options::listen", "[::1:0", [](Options& o) { o.listen[0].address = "[::1:0"; }},
      {"Options::greeting", "1001", [](Options& o) { o.greeting.assign(1001, 'x'); }},
      {"Options::max_connections", "-1", [](Options& o) { o.max_connections = -1; }},
      {"Options::max_per_address", "-5", [](Options& o) { o.max_per_address = -5; }},
      {"Options::backlog", "0", [](Options& o) { o.backlog = 0; }},
      {"Options::idle_timeout_ms", "-1", [](Options& o) { o.idle_timeout_ms = -1; }},
      {"Options::write_timeout_ms", "-2", [](Options& o) { o.write_timeout_ms = -2; }},
      {"Options::drain_timeout_ms", "-3", [](Options& o) { o.drain_timeout_ms = -3; }},
      {"Options::keepalive_seconds", "-4", [](Options& o) { o.keepalive_seconds = -4; }},
      {"Options::read_buffer_bytes", "1023", [](Options& o) { o.read_buffer_bytes = 1023; }},
      {"Options::socket_buffer_bytes", "-1", [](Options& o) { o.socket_buffer_bytes = -1; }},
  };
  for (const Wrong& wrong : wrongs) {
    CAPTURE(wrong.field);
    Options options = Quiet({{"127.0.0.1:0"}});
    wrong.set(options);
    const std::string sentence = Objection<std::invalid_argument>(options);
    CAPTURE(sentence);
    CHECK(sentence.find(wrong.field) != std::string::npos);
    CHECK(sentence.find(wrong.value) != std::string::npos);
    CHECK(sentence.find("--") == std::string::npos);
  }
}

TEST_CASE("ObjectsToAPortInUse") {
  const Server first(Quiet({{"127.0.0.1:0"}}));
  const std::string address = first.Addresses()[0];
  const std::string sentence = Objection<std::runtime_error>(Quiet({{address}}));
  CAPTURE(sentence);
  CHECK(sentence.find(address) != std::string::npos);
  CHECK(sentence.find("Options::listen") != std::string::npos);
  CHECK(sentence.find("--") == std::string::npos);
}

}  // namespace
}  // namespace switchboard::test
