#include "bench/load/merge/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>

#include "bench/load/show/json.h"

namespace switchboard::load {
namespace {

constexpr const char* kStandardInput = "-";

std::string ReadAll(const std::string& path) {
  std::ifstream opened;
  const bool standard = path == kStandardInput;
  if (!standard) opened.open(path);
  std::istream& file = standard ? std::cin : opened;
  std::string text;
  char block[65536];
  // Unlike stream iterators, read() does not throw for a folder, which can be opened like a file.
  while (file.read(block, sizeof(block)) || file.gcount() > 0) {
    text.append(block, static_cast<size_t>(file.gcount()));
  }
  if ((!standard && !opened.is_open()) || file.bad()) {
    throw std::runtime_error("cannot read '" + path + "': " + std::strerror(errno) +
                             "; name a file that --json wrote");
  }
  return text;
}

// The reports in a file, of which there may be several, one after another.
void ReadReports(const std::string& path, const char* purpose, std::vector<Part>& parts) {
  const std::string text = ReadAll(path);
  try {
    const std::vector<Json> all = Json::ParseAll(text);
    if (all.empty()) throw std::invalid_argument("nothing is in it");
    const std::string name = path == kStandardInput ? "stdin" : path;
    for (size_t i = 0; i < all.size(); ++i) {
      const std::string number = all.size() == 1 ? "" : "#" + std::to_string(i + 1);
      parts.push_back({name + number, FromJson(all[i])});
    }
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(std::string("cannot ") + purpose + " '" + path + "': " + error.what() +
                             "; name files that --json wrote");
  }
}

// Names the parts by their files alone, if no two are called the same in different folders.
void ShortenNames(std::vector<Part>& parts) {
  const auto file_of = [](const Part& part) {
    return std::filesystem::path(part.name).filename().string();
  };
  std::set<std::string> files;
  for (const Part& part : parts) files.insert(file_of(part));
  if (files.size() < parts.size()) return;
  for (Part& part : parts) part.name = file_of(part);
}

}  // namespace

std::vector<Part> ReadParts(const std::vector<std::string>& paths, const char* purpose) {
  std::vector<Part> parts;
  for (const std::string& path : paths) ReadReports(path, purpose, parts);
  ShortenNames(parts);
  return parts;
}

}  // namespace switchboard::load
