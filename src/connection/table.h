// All connections of a server: storage, reuse and a walk over them.
//
// Owned by the ConnectionDriver. Reactor thread only.

#ifndef SWITCHBOARD_SRC_CONNECTION_TABLE_H_
#define SWITCHBOARD_SRC_CONNECTION_TABLE_H_

#include <memory>
#include <vector>

#include "src/base/thread_checker.h"
#include "src/connection/event_source.h"
#include "src/connection/list.h"

namespace switchboard {

class ConnectionTable {
 public:
  // nullptr if there is no memory.
  Connection* New(int fd, const Route& route, bool is_unix);

  // The connection that an event is about; nullptr if it has been closed.
  Connection* Find(const EventSource& source);

  // For a connection that has been closed: its place may be used again.
  void Free(Connection& connection) {
    reactor_thread_.Check();
    free_.PushBack(&connection);
  }

  // Calls visit(Connection&) for each that is open. `visit` may close and free, but not make any.
  template <typename Visit>
  void ForEach(Visit visit) {
    reactor_thread_.Check();
    for (const auto& slab : slabs_) {
      for (size_t i = 0; i < kSlabSize; ++i) {
        if (!slab[i].closed()) visit(slab[i]);
      }
    }
  }

 private:
  static constexpr size_t kSlabSize = 64;

  bool Grow();  // false if there is no memory

  ThreadChecker reactor_thread_;
  std::vector<std::unique_ptr<Connection[]>> slabs_;
  ConnectionList free_;
};

}  // namespace switchboard

#endif  // SWITCHBOARD_SRC_CONNECTION_TABLE_H_
