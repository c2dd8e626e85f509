// What the value of an option may be. A Kind reads it from a command line, checks it in the Options
// of a program that embeds the server, and says its range and its default to whoever asks for help.
//
// Constant once made; its functions may be called by any thread.

#ifndef SWITCHBOARD_SRC_OPTIONS_KINDS_H_
#define SWITCHBOARD_SRC_OPTIONS_KINDS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/options/program_options.h"

namespace switchboard {

struct Kind {
  // Of ProgramOptions, which it fills in; none if no message names them.
  std::vector<std::string> fields = {};
  std::string value = {};    // what --help calls its value; empty for a switch
  std::string range = {};    // "1 to 1024"; empty if there is none
  std::string initial = {};  // the default as one would type it; empty for none

  // Reads `text` into `options`. Throws std::invalid_argument with what is wrong with the text: the
  // end of a sentence that begins with the name of the option.
  std::function<void(std::string_view text, ProgramOptions& options)> read = [](std::string_view,
                                                                                ProgramOptions&) {};
  // Throws std::invalid_argument with one sentence that names the field and its value, if the value
  // makes no sense.
  std::function<void(const ProgramOptions& options)> check = [](const ProgramOptions&) {};
};

// Kinds for any field of Options or ProgramOptions; `field` is the name of `member`.

// Whether 0, which on a command line is out of range, stands for the default in Options.
enum class Zero { kIsAValue, kIsTheDefault };

Kind Switch(const char* field, bool ProgramOptions::*member);

// A whole number from `least` to `most`.
Kind Whole(const char* field, int ProgramOptions::*member, const char* value, int least, int most,
           Zero zero = Zero::kIsAValue);
Kind Whole(const char* field, int64_t ProgramOptions::*member, const char* value, int64_t least,
           int64_t most, Zero zero = Zero::kIsAValue);

// Seconds, also with a fraction, for a field in milliseconds: none less than `least` seconds.
Kind Seconds(const char* field, int64_t ProgramOptions::*member, int64_t least = 0);

// Milliseconds as one would type them for Seconds(): "1.5".
std::string InSeconds(int64_t ms);

// Permissions of a file in octal, 0 to 777; less than 0 in Options for none.
Kind Mode(const char* field, int ProgramOptions::*member);

// One of a few words.
Kind Word(const char* field, WhenFull ProgramOptions::*member,
          std::vector<std::pair<std::string, WhenFull>> words);
Kind Word(const char* field, LogLevel ProgramOptions::*member,
          std::vector<std::pair<std::string, LogLevel>> words);

// Kinds for one field alone.

// Options::listen and Options::proxy_from, which grow each time; Options::workers and
// Options::service_workers; Options::greeting, which is typed with escapes.
Kind ListenKind();
Kind ProxyFromKind();
Kind WorkersKind();
Kind GreetingKind();
// Options::service_times, which grow by one each time.
Kind ServiceTimeKind();

// ProgramOptions::user, ProgramOptions::status, and ProgramOptions::status_hosts, which grows by
// one each time.
Kind UserKind();
Kind StatusKind();
Kind StatusHostKind();

// Not an option of the server: asks the program for something else.
Kind Request();
// The same, about an address.
Kind AddressRequest();

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_OPTIONS_KINDS_H_
