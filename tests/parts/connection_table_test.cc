// An event finds its connection, and never another one in the same place.

#include <doctest/doctest.h>

#include <vector>

#include "src/connection/table.h"

namespace switchboard {
namespace {

constexpr int kNoSocket = 1 << 20;

// As the connection driver does it.
void Close(ConnectionTable& table, Connection& connection) {
  connection.Close(false);
  table.Free(connection);
}

EventSource ThroughEpoll(const EventSource& source) {
  return EventSource::FromData(source.ToData());
}

TEST_CASE("AnEventSourceComesBackAsItWas") {
  using Kind = EventSource::Kind;
  for (const Kind kind : {Kind::kWakeUp, Kind::kListener, Kind::kConnection}) {
    for (const uint32_t slot : {0u, 1u, 0xffffffffu}) {
      for (const uint32_t generation : {0u, 1u, EventSource::kGenerations - 1}) {
        EventSource source;
        source.slot = slot;
        source.generation = generation & (EventSource::kGenerations - 1);
        source.kind = kind;
        CHECK(ThroughEpoll(source) == source);
      }
    }
  }
}

TEST_CASE("FindsEachConnectionByItsSource") {
  ConnectionTable table;
  const Route route{};
  std::vector<Connection*> open;
  for (int i = 0; i < 1000; ++i) open.push_back(table.New(kNoSocket, route, false));
  for (Connection* const each : open) CHECK(table.Find(ThroughEpoll(each->source)) == each);
  for (Connection* const each : open) Close(table, *each);
}

TEST_CASE("AnEventOfAClosedConnectionFindsNobody") {
  ConnectionTable table;
  const Route route{};
  std::vector<EventSource> gone;
  for (int i = 0; i < 300; ++i) {
    Connection& connection = *table.New(kNoSocket, route, false);
    gone.push_back(connection.source);
    CHECK(table.Find(gone.back()) == &connection);
    for (size_t k = 0; k + 1 < gone.size(); ++k) REQUIRE(table.Find(gone[k]) == nullptr);
    Close(table, connection);
    CHECK(table.Find(gone.back()) == nullptr);
  }
}

TEST_CASE("AnEventOfAPlaceThatThereNeverWasFindsNobody") {
  ConnectionTable table;
  EventSource unknown{.kind = EventSource::Kind::kConnection};
  unknown.slot = 5;
  unknown.generation = 1;
  CHECK(table.Find(unknown) == nullptr);
}

}  // namespace
}  // namespace switchboard
