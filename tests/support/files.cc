#include "tests/support/files.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace switchboard::test {

namespace fs = std::filesystem;

TempFolder::TempFolder() {
  path_ = (fs::temp_directory_path() / "switchboard-test-").string();
  path_.append(6, 'X');  // mkdtemp(3) puts a name of its own in their place
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> Captures(const std::string& path, const std::string& expression) {
  const std::regex pattern(expression);
  std::ifstream file(path);
  std::vector<std::string> captured;
  std::smatch match;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_search(line, match, pattern)) captured.push_back(match[1]);
  }
  return captured;
}

std::vector<std::string> SourcesIn(const std::string& folder) {
  std::vector<std::string> sources;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path extension = entry.path().extension();
    if (extension == ".h" || extension == ".cc") sources.push_back(entry.path().string());
  }
  return sources;
}

std::vector<std::string> Includes(const std::string& source) {
  return Captures(source, R"(^#include "([^"]+)\")");
}

}  // namespace switchboard::test
