// What a person can do when the system refuses something. Any thread.

#ifndef SWITCHBOARD_SRC_LINUX_WAY_OUT_H_
#define SWITCHBOARD_SRC_LINUX_WAY_OUT_H_

#include <string>

#include "src/linux/fixed_text.h"

namespace switchboard::sys {

// For an errno that means a lack of something: the setting to change. Empty for any other.
std::string WayOut(int error);

// "EMFILE", or the number of an error that has no name. strerrorname_np(3).
FixedText<32> ErrorName(int error);

// "WHAT: the error's text; the way out", for a sentence that ends there.
std::string Refusal(const std::string& what, int error);

}  // namespace switchboard::sys

#endif  // SWITCHBOARD_SRC_LINUX_WAY_OUT_H_
