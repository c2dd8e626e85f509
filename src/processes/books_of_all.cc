#include "src/processes/books_of_all.h"

#include "src/books/stats_text.h"
#include "src/linux/socket.h"

namespace switchboard {

BooksOfAll::BooksOfAll(const BoundServer& bound, size_t processes, Log& log)
    : bound_(bound), log_(log), books_(bound.roster, processes) {}

int64_t BooksOfAll::ListenOverflows() const {
  if (kept_overflows_) return *kept_overflows_;
  int64_t sum = 0;
  for (const auto& listener : bound_.listeners) {
    const sys::Result drops = sys::ListenDrops(listener->fd());
    if (!drops) return -1;
    sum += drops.value;
  }
  return sum;
}

void BooksOfAll::LogTotal(std::string_view event) const { Write(event, all(), 0); }

void BooksOfAll::LogEach(std::string_view event) const {
  LogTotal(event);
  for (size_t i = 0; i < all().size(); ++i) Write(event, Alone(of(i)), i + 1);
}

void BooksOfAll::Write(std::string_view event, std::span<const Books> books, size_t number) const {
  Stats stats = StatsOf(books);
  stats.listen_overflows = ListenOverflows();
  log_.WriteOf(number, LogLevel::kInfo, event, ToText(stats));
}

}  // namespace switchboard
