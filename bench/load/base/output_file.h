// The files that a report goes to. Each is opened before a run begins, so that a place that cannot
// be written to is refused at once, and written when the run is over; until then it keeps what was
// in it. One thread.

#ifndef SWITCHBOARD_BENCH_LOAD_BASE_OUTPUT_FILE_H_
#define SWITCHBOARD_BENCH_LOAD_BASE_OUTPUT_FILE_H_

#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>

namespace switchboard::load {

// Where the views of a result go; empty for none.
struct Outputs {
  std::string json_path, csv_path, html_path;
};

class OutputFile {
 public:
  // Empty for a file that nobody asked for. Throws std::runtime_error with one sentence if it
  // cannot be written.
  explicit OutputFile(const std::string& path);
  // Leaves no empty file behind where there was none and nothing was written.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Throws std::runtime_error with one sentence if not all of it could be written.
  void Write(std::string_view text);

 private:
  const std::string path_;
  const bool is_new_;
  std::ofstream file_;
};

struct Output {
  OutputFile& file;
  std::string text;
};

// Prints `text` after what was printed before, and writes the files: all of them, even if one
// fails. Then throws std::runtime_error with a sentence for each that could not be written whole,
// standard output among them.
void WriteAll(std::string_view text, std::initializer_list<Output> outputs);

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_BASE_OUTPUT_FILE_H_
