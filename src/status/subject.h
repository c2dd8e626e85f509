// What a status port is about: a server, or several processes that are one together.
//
// Outlives the Endpoint that asks it. Called by the thread that drives the Endpoint, and by no
// other.

#ifndef SWITCHBOARD_SRC_STATUS_SUBJECT_H_
#define SWITCHBOARD_SRC_STATUS_SUBJECT_H_

#include <cstdint>
#include <string>

#include "src/status/heart.h"
#include "src/status/view.h"

namespace switchboard::status {

class Subject {
 public:
  // How it is now.
  virtual View Look() = 0;

  // Wants to know whether it is alive, which may take a while; `now_ms` as of sys::NowMs.
  virtual void AskHeart(int64_t now_ms) = 0;
  // Whether it is, for whoever has asked; kAwaited: ask again later. If it is not, `complaint` says
  // what fails and for how long.
  virtual Heart::Beat HearHeart(int64_t now_ms, std::string& complaint) = 0;

 protected:
  ~Subject() = default;
};

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_SUBJECT_H_
