#include "src/daemon/announce.h"

#include <memory>

#include "src/base/line_stream.h"
#include "src/listening/listeners.h"
#include "src/status/status_listener.h"

namespace switchboard {

void Announce(const std::vector<std::string>& addresses, Log& log) {
  const std::shared_ptr<LineStream> output = LineStream::Open(LineStream::kStandardOutput);
  LogText unsaid;
  for (const std::string& address : addresses) {
    const LineText line = (LineText() << "server listening at " << address).EndLine();
    if (!output->Write(line)) unsaid << (unsaid.empty() ? "" : " ") << address;
  }
  if (unsaid.empty()) return;
  log.Write(LogLevel::kWarn, "addresses_not_printed",
            LogText() << "addresses=\"" << unsaid
                      << "\" hint=\"standard output takes nothing; send it somewhere else\"");
}

void AnnounceStatus(const Listener& listener, Log& log) {
  WarnIfFileStays(listener, log);
  (void)LineStream::Open(LineStream::kStandardOutput)
      ->Write((LineText() << "status at " << status::Url(listener.address())).EndLine());
}

}  // namespace switchboard
