#include "src/services/service_time.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/base/distribution.h"
#include "src/linux/clock.h"
#include "src/linux/semaphore.h"
#include "src/linux/thread.h"
#include "src/services/services.h"

namespace switchboard {
namespace {

constexpr std::string_view kCpu = "cpu:";

bool TakesCpu(std::string_view text) { return text.starts_with(kCpu); }
std::string_view TimesOf(std::string_view text) {
  return text.substr(TakesCpu(text) ? kCpu.size() : 0);
}

class ServiceThatTakesTime : public Service {
 public:
  ServiceThatTakesTime(std::shared_ptr<Service> inner, std::string_view time, uint64_t seed)
      : inner_(std::move(inner)), cpu_(TakesCpu(time)), times_(TimesOf(time)), seed_(seed) {}

  // Who sleeps needs a worker of its own; what it takes of a CPU, the pool measures as of any.
  Traits traits() const override {
    Traits traits = inner_->traits();
    traits.may_block = traits.may_block || !cpu_;
    return traits;
  }

  Next OnOpen(Call& call) override { return inner_->OnOpen(call); }
  Next OnRead(Call& call) override {
    const int64_t ns = times_.DrawNs(seed_, reads_.fetch_add(1, std::memory_order_relaxed));
    cpu_ ? Burn(ns) : Sleep(ns);
    return inner_->OnRead(call);
  }
  Next OnContinue(Call& call) override { return inner_->OnContinue(call); }
  void OnClose(uint64_t state) override { inner_->OnClose(state); }

  void GiveUp() override {
    given_up_.store(true, std::memory_order_relaxed);
    wake_up_.Post();
    inner_->GiveUp();
  }

 private:
  void Sleep(int64_t ns) {
    static thread_local const bool punctual = sys::WakePunctually();
    (void)punctual;
    // Once posted it stays so, for all who sleep and who ever will.
    if (wake_up_.WaitFor((ns + 999) / 1000)) wake_up_.Post();
  }

  void Burn(int64_t ns) const {
    const int64_t end_ns = sys::ThreadCpuNs() + ns;
    while (sys::ThreadCpuNs() < end_ns && !given_up_.load(std::memory_order_relaxed)) {
    }
  }

  const std::shared_ptr<Service> inner_;
  const bool cpu_;
  const Distribution times_;
  const uint64_t seed_;
  std::atomic<uint64_t> reads_{0};
  std::atomic<bool> given_up_{false};
  sys::Semaphore wake_up_;  // posted when it has given up
};

}  // namespace

void CheckServiceTime(std::string_view text) { Distribution::Check(TimesOf(text)); }

void WrapServicesThatTakeTime(const Options& options, Services& services) {
  for (const auto& named : options.service_times) {
    if (named.first.empty() || services.contains(named.first)) continue;
    throw std::invalid_argument("Options::service_times " + named.first + "=" + named.second +
                                " names no service; there are " + NamesOf(services));
  }
  uint64_t seed = static_cast<uint64_t>(options.service_seed);
  for (auto& [name, service] : services) {
    auto time = options.service_times.find(name);
    if (time == options.service_times.end()) time = options.service_times.find("");
    if (time == options.service_times.end() || service == nullptr) continue;
    service = std::make_shared<ServiceThatTakesTime>(service, time->second, seed++);
  }
}

}  // namespace switchboard
