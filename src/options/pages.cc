// Prints a page that is installed beside the server: `pages manual`, `pages completion`.

#include <cstdio>
#include <string_view>

#include "src/options/help.h"

int main(int argc, char** argv) {
  const bool manual = argc == 2 && argv[1] == std::string_view("manual");
  std::fputs((manual ? switchboard::ManualPage() : switchboard::CompletionScript()).c_str(),
             stdout);
  return 0;
}
