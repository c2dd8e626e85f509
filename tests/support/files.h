// Files that a test writes and reads, and those that the project is made of.

#ifndef SWITCHBOARD_TESTS_SUPPORT_FILES_H_
#define SWITCHBOARD_TESTS_SUPPORT_FILES_H_

#include <string>
#include <vector>

namespace switchboard::test {

// A folder of its own under the temporary folder, removed with all that is in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  // The path of `name` in it.
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// All that is in a file; empty if there is none.
std::string Contents(const std::string& path);
// What the first group of `expression` is in each line of a file that matches; "" if it has no
// part.
std::vector<std::string> Captures(const std::string& path, const std::string& expression);

// The paths of all *.h and *.cc in a folder and those in it.
std::vector<std::string> SourcesIn(const std::string& folder);
// What a source includes in quotes.
std::vector<std::string> Includes(const std::string& source);

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_FILES_H_
