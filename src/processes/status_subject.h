// Several processes of one server, as the status port shows them: what is in their books together,
// and each by its slot in the table. None of them is asked, so that one that is stopped or stuck
// keeps nobody waiting.
//
// Used by the parent.

#ifndef SWITCHBOARD_SRC_PROCESSES_STATUS_SUBJECT_H_
#define SWITCHBOARD_SRC_PROCESSES_STATUS_SUBJECT_H_

#include <cstdint>
#include <string>

#include "src/bound_server.h"
#include "src/linux/process_figures.h"
#include "src/processes/books_of_all.h"
#include "src/processes/process_table.h"
#include "src/status/subject.h"

namespace switchboard {

class StatusSubject final : public status::Subject {
 public:
  // `heart_ms`: /healthz fails when none of them has given a sign of life for so long. All outlive
  // this.
  StatusSubject(const BoundServer& bound, ProcessTable& table, const BooksOfAll& books,
                int64_t heart_ms)
      : bound_(bound), table_(table), books_(books), heart_ms_(heart_ms) {}

  // Ready if one of them is.
  status::View Look() override;

  // Alive if one of them is, or if none has begun to serve.
  void AskHeart(int64_t) override {}
  status::Heart::Beat HearHeart(int64_t now_ms, std::string& complaint) override;

 private:
  std::string StateOf(size_t process) const;

  const BoundServer& bound_;
  ProcessTable& table_;
  const BooksOfAll& books_;
  const int64_t heart_ms_;
  const sys::ProcessWatch parent_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_PROCESSES_STATUS_SUBJECT_H_
