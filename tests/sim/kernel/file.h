// What a descriptor stands for, and the epoll sets that watch it.
//
// Edges are what they are in Linux: something happened (Wake), not something is the case (Mask). An
// entry that is watched for what happened is queued, and when it is fetched, reports all that is
// the case by then; if that is nothing, it is passed over.

#ifndef SWITCHBOARD_TESTS_SIM_KERNEL_FILE_H_
#define SWITCHBOARD_TESTS_SIM_KERNEL_FILE_H_

#include <sys/epoll.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "src/linux/fd.h"

namespace switchboard::sim {

class EpollSet;

class File : public std::enable_shared_from_this<File> {
 public:
  virtual ~File();

  // What poll(2) would say now, unasked: EPOLLIN and so on.
  virtual uint32_t Mask() = 0;

  // An edge for whoever watches for one of `events`; 0 stands for all.
  void Wake(uint32_t events);
  void LeaveSets();

  int fd = -1;  // -1: no descriptor
  // Of a connection that an injected fault, and not its caller or the server, may have ended.
  bool hit = false;

 private:
  friend class EpollSet;
  std::vector<EpollSet*> sets_;
};

// An edge-triggered set. epoll(7).
class EpollSet : public File {
 public:
  ~EpollSet() override;
  uint32_t Mask() override { return queue_.empty() ? 0 : uint32_t{EPOLLIN}; }

  sys::Result Add(File& file, uint32_t events, epoll_data_t data);
  sys::Result Modify(File& file, uint32_t events, epoll_data_t data);
  sys::Result Remove(File& file);

  bool HasQueued() const { return !queue_.empty(); }
  // Fetches what has happened, first things first; how many there were.
  size_t Fetch(std::span<epoll_event> events);

 private:
  friend class File;
  struct Entry {
    uint32_t events;
    epoll_data_t data;
    bool queued;
  };

  void OnWake(File& file, uint32_t events);
  void Queue(File& file, Entry& entry);

  std::map<File*, Entry> entries_;  // looked up, never walked through
  std::deque<File*> queue_;
};

// eventfd(2), non-blocking.
class EventCounter : public File {
 public:
  uint32_t Mask() override;
  sys::Result Add(uint64_t count);
  sys::Result Take();  // value is the count, which becomes 0

 private:
  uint64_t count_ = 0;
};

}  // namespace switchboard::sim

#endif  // SWITCHBOARD_TESTS_SIM_KERNEL_FILE_H_
