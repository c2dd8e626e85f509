// Prints a page that is installed beside the server: `pages manual`, `pages completion`.

#include <cstdio>
#include <string>

#include "src/options/help.h"

int main(int argc, char** argv) {
  const std::string page = argc == 2 ? argv[1] : "";
  if (page == "manual") {
    std::fputs(switchboard::ManualPage().c_str(), stdout);
  } else if (page == "completion") {
    std::fputs(switchboard::CompletionScript().c_str(), stdout);
  } else {
    std::fputs("pages: say which page to print, manual or completion\n", stderr);
    return 2;
  }
  return 0;
}
