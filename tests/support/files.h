// Files that a test writes and reads.

#ifndef SWITCHBOARD_TESTS_SUPPORT_FILES_H_
#define SWITCHBOARD_TESTS_SUPPORT_FILES_H_

#include <string>

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

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_FILES_H_
