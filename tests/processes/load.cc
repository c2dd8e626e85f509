#include "tests/processes/load.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace switchboard::test {
namespace {

constexpr size_t kMostBytes = 5000;

int64_t Sum(const std::vector<Load::Talker>& talkers, std::atomic<int64_t> Load::Talker::*member) {
  return std::accumulate(
      talkers.begin(), talkers.end(), int64_t{0},
      [&](int64_t sum, const Load::Talker& talker) { return sum + talker.*member; });
}

size_t Count(const std::vector<Load::Talker>& talkers, std::atomic<bool> Load::Talker::*member) {
  return static_cast<size_t>(std::ranges::count_if(
      talkers, [&](const Load::Talker& talker) { return (talker.*member).load(); }));
}

}  // namespace

Load::Load(const std::string& address, size_t talkers) : talkers_(talkers) {
  for (size_t i = 0; i < talkers; ++i) {
    threads_.emplace_back([this, address, i] { Talk(address, talkers_[i], i); });
  }
}

void Load::Stop() {
  over_ = true;
  WaitUntilCut();
}

void Load::WaitUntilCut() {
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::vector<int64_t> Load::Echoes() const {
  std::vector<int64_t> echoes;
  for (const Talker& talker : talkers_) echoes.push_back(talker.echoes);
  return echoes;
}

size_t Load::TalkingSince(const std::vector<int64_t>& echoes, int64_t more) const {
  size_t count = 0;
  for (size_t i = 0; i < talkers_.size(); ++i) {
    if (talkers_[i].echoes >= echoes[i] + more) ++count;
  }
  return count;
}

size_t Load::Cut() const { return Count(talkers_, &Talker::cut); }
size_t Load::HeardWrong() const { return Count(talkers_, &Talker::heard_wrong); }
int64_t Load::SaidBytes() const { return Sum(talkers_, &Talker::said_bytes); }
int64_t Load::HeardBytes() const { return Sum(talkers_, &Talker::heard_bytes); }

// Each message is another part of the same random bytes, so that no echo passes for another.
void Load::Talk(const std::string& address, Talker& talker, uint64_t seed) const {
  const std::string bytes = RandomBytes(2 * kMostBytes, seed);
  std::minstd_rand random(static_cast<unsigned>(seed + 1));
  Client client(address);
  while (!over_) {
    const std::string message = bytes.substr(random() % kMostBytes, 1 + random() % kMostBytes);
    talker.said_bytes += static_cast<int64_t>(client.Send(message));
    const bool reset = client.end() == End::kReset;  // which is said only once
    const std::string heard = client.Receive(message.size());
    talker.heard_bytes += static_cast<int64_t>(heard.size());
    if (!message.starts_with(heard)) talker.heard_wrong = true;
    if (heard.size() < message.size()) {
      talker.end = reset ? End::kReset : client.end();
      talker.cut = true;
      return;
    }
    ++talker.echoes;
  }
}

}  // namespace switchboard::test
