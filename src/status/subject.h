// What a status port is about: a server, or several processes that are one together. Used by
// whoever drives the port.

#ifndef SWITCHBOARD_SRC_STATUS_SUBJECT_H_
#define SWITCHBOARD_SRC_STATUS_SUBJECT_H_

#include <cstdint>
#include <string>

#include "src/status/heart.h"
#include "src/status/view.h"

namespace switchboard::status {

class Subject {
 public:
  virtual View Look() = 0;

  // Wants to know whether it is alive, which may take a while.
  virtual void AskHeart(int64_t now_ms) = 0;
  // Whether it is, for whoever has asked; if not, `complaint` says what fails and for how long.
  virtual Heart::Beat HearHeart(int64_t now_ms, std::string& complaint) = 0;

 protected:
  ~Subject() = default;
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_SUBJECT_H_
