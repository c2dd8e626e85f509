#include "bench/load/base/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace switchboard::load {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStandardOutput = "-";

std::runtime_error CannotWrite(const std::string& path) {
  return std::runtime_error("cannot write '" + path + "': " + std::strerror(errno) +
                            "; name a file in a folder that you may write and that has room");
}

// The path without links, where it leads to a file.
std::string Resolved(const std::string& path) {
  std::error_code error;
  if (path.empty() || path == kStandardOutput) return path;
  const fs::path resolved = fs::canonical(path, error);
  return error ? path : resolved.string();
}

// A name beside `path` that no other program uses.
std::string NewName(const std::string& path) {
  return path + "." + std::to_string(::getpid()) + ".new";
}

bool CanBeReplaced(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) return false;
  const std::string name = NewName(path);
  if (!std::ofstream(name)) return false;
  fs::remove(name, error);
  return true;
}

// As fwrite(3) and fflush(3), but for a pipe whose reader has gone away.
void Print(std::string_view text, std::FILE* out) {
  errno = 0;
  std::fwrite(text.data(), 1, text.size(), out);
  const bool failed = std::fflush(out) != 0 || std::ferror(out) != 0;
  if (failed && errno != EPIPE) {
    throw std::runtime_error(std::string("cannot write all of it to standard ") +
                             (out == stdout ? "output" : "error"));
  }
}

void Replace(const std::string& path, std::string_view text) {
  const std::string name = NewName(path);
  std::ofstream file(name, std::ios::trunc);
  std::error_code error;
  if (!(file << text) || !file.flush()) {
    error.assign(errno, std::generic_category());
  } else {
    std::error_code ignored;
    const fs::file_status old = fs::status(path, ignored);
    if (fs::exists(old)) fs::permissions(name, old.permissions(), ignored);
    fs::rename(name, path, error);
  }
  if (!error) return;
  std::error_code ignored;
  fs::remove(name, ignored);
  errno = error.value();
  throw CannotWrite(path);
}

}  // namespace

std::FILE* Outputs::Text() const {
  for (const std::string* path : {&json_path, &csv_path, &html_path, &hgrm_path}) {
    if (*path == kStandardOutput) return stderr;
  }
  return stdout;
}

void Outputs::RequireDistinct() const {
  const std::pair<const char*, const std::string&> named[] = {
      {"--json", json_path}, {"--csv", csv_path}, {"--html", html_path}, {"--hgrm", hgrm_path}};
  for (const auto& [option, path] : named) {
    for (const auto& [other, same] : named) {
      if (option == other || path.empty() || Resolved(path) != Resolved(same)) continue;
      std::error_code error;
      if (fs::is_character_file(path, error)) continue;  // such as /dev/null
      throw std::invalid_argument(std::string(option) + " and " + other + " both name '" + path +
                                  "'; give each a file of its own");
    }
  }
}

OutputFile::OutputFile(const std::string& path) : path_(Resolved(path)) {
  if (path_.empty() || path_ == kStandardOutput || CanBeReplaced(path_)) return;
  const int why_not = errno;
  std::error_code ignored;
  const bool is_new = !fs::exists(path_, ignored);
  if (!is_new) in_place_.open(path_, std::ios::app);
  if (in_place_.is_open()) return;
  if (is_new) errno = why_not;
  throw CannotWrite(path_);
}

void OutputFile::Write(std::string_view text) {
  if (path_.empty()) return;
  if (path_ == kStandardOutput) return Print(text, stdout);
  if (!in_place_.is_open()) return Replace(path_, text);
  std::error_code not_a_file;  // a pipe or a device has nothing to be overwritten
  fs::resize_file(path_, 0, not_a_file);
  if (!(in_place_ << text) || !in_place_.flush()) throw CannotWrite(path_);
}

void WriteAll(std::string_view text, std::FILE* out, std::initializer_list<Output> outputs) {
  std::string failures;
  const auto attempt = [&](const auto& write) {
    try {
      write();
    } catch (const std::runtime_error& error) {
      failures += (failures.empty() ? "" : "\n") + std::string(error.what());
    }
  };
  for (const Output& output : outputs) attempt([&] { output.file.Write(output.text); });
  attempt([&] { Print(text, out); });
  if (!failures.empty()) throw std::runtime_error(failures);
}

}  // namespace switchboard::load
