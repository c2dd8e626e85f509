#include "bench/load/base/output_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace switchboard::load {
namespace {

std::runtime_error CannotWrite(const std::string& path) {
  return std::runtime_error("cannot write '" + path + "': " + std::strerror(errno) +
                            "; name a file in a folder that you may write and that has room");
}

bool IsNew(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && !std::filesystem::exists(path, ignored);
}

void Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw std::runtime_error("cannot write all of it to standard output");
  }
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : path_(path), is_new_(IsNew(path)) {
  if (path_.empty()) return;
  file_.open(path_, std::ios::app);
  if (!file_) throw CannotWrite(path_);
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (is_new_ && std::filesystem::is_empty(path_, ignored)) {
    std::filesystem::remove(path_, ignored);
  }
}

void OutputFile::Write(std::string_view text) {
  if (path_.empty()) return;
  std::error_code not_a_file;  // a pipe or a device has nothing to be replaced
  std::filesystem::resize_file(path_, 0, not_a_file);
  if (!(file_ << text) || !file_.flush()) throw CannotWrite(path_);
}

void WriteAll(std::string_view text, std::initializer_list<Output> outputs) {
  std::string failures;
  const auto attempt = [&](const auto& write) {
    try {
      write();
    } catch (const std::runtime_error& error) {
      failures += (failures.empty() ? "" : "\n") + std::string(error.what());
    }
  };
  attempt([&] { Print(text); });
  for (const Output& output : outputs) attempt([&] { output.file.Write(output.text); });
  if (!failures.empty()) throw std::runtime_error(failures);
}

}  // namespace switchboard::load
