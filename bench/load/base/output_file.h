// The files that a result goes to. Whether each can be written is found out before a run begins, so
// that a place that cannot is refused at once. It is written when the run is over: whole, under
// another name that then takes the place of the old file, which stays as it was until then. Where
// that cannot be (a pipe, a device, a file in a folder that takes no new one) it is overwritten.
// "-" is standard output. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_OUTPUT_FILE_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_OUTPUT_FILE_H_

#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>

namespace switchboard::load {

// Where the views of a result go; empty for none.
struct Outputs {
  std::string json_path, csv_path, html_path, hgrm_path;

  // Where the text for people goes: standard output, unless one of the views does.
  std::FILE* Text() const;
  // Throws std::invalid_argument if two of them are one file, which would end up with one of them.
  void RequireDistinct() const;
};

class OutputFile {
 public:
  // Empty for a file that nobody asked for. Throws std::runtime_error with one sentence if it
  // cannot be written.
  explicit OutputFile(const std::string& path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Throws std::runtime_error with one sentence if not all of it could be written.
  void Write(std::string_view text);

 private:
  const std::string path_;  // of the file itself where links lead to it
  std::ofstream in_place_;  // open where it can only be overwritten
};

struct Output {
  OutputFile& file;
  std::string text;
};

// Writes the files, all of them even if one fails, and prints `text` to `out` after what was
// printed before. Then throws std::runtime_error with a sentence for each that could not be written
// whole, `out` among them; but a reader of it that has gone away wants no more of it, which is no
// failure.
void WriteAll(std::string_view text, std::FILE* out, std::initializer_list<Output> outputs);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_OUTPUT_FILE_H_
