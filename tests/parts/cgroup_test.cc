// The CPUs that control groups grant, read from texts as the kernel writes them.

#include "src/linux/cgroup.h"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>

namespace switchboard::sys {
namespace {

using Files = std::map<std::string, std::string>;

std::optional<int> Granted(const Files& files) {
  return CpusGranted([&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

const std::string kVersion2 =
    "24 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string kVersion1 =
    "31 24 0:27 / /sys/fs/cgroup/cpuset rw shared:5 - cgroup cgroup rw,cpuset\n"
    "32 24 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:6 - cgroup cgroup rw,cpu,cpuacct\n";

TEST_CASE("RoundsTheQuotaUp") {
  Files files = {{"/proc/self/cgroup", "0::/service\n"}, {"/proc/self/mountinfo", kVersion2}};
  std::string& limit = files["/sys/fs/cgroup/service/cpu.max"];
  const std::pair<const char*, std::optional<int>> cases[] = {{"50000 100000\n", 1},
                                                              {"100000 100000\n", 1},
                                                              {"100001 100000\n", 2},
                                                              {"250000 100000\n", 3},
                                                              {"1000 100000\n", 1},
                                                              {"max 100000\n", {}},
                                                              {"", {}},
                                                              {"0 0\n", {}}};
  for (const auto& each : cases) {
    limit = each.first;
    CAPTURE(limit);
    CHECK(Granted(files) == each.second);
  }
}

TEST_CASE("TheSmallestQuotaOnTheWayUpCounts") {
  const Files files = {{"/proc/self/cgroup", "0::/a/b/c\n"},
                       {"/proc/self/mountinfo", kVersion2},
                       {"/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n"},
                       {"/sys/fs/cgroup/a/b/cpu.max", "800000 100000\n"},
                       {"/sys/fs/cgroup/a/cpu.max", "200000 100000\n"}};
  CHECK(Granted(files) == 2);
}

TEST_CASE("Version1HasTwoFiles") {
  Files files = {{"/proc/self/cgroup", "5:cpuset:/\n4:cpu,cpuacct:/job/step\n0::/elsewhere\n"},
                 {"/proc/self/mountinfo", kVersion1},
                 {"/sys/fs/cgroup/cpu,cpuacct/job/step/cpu.cfs_quota_us", "-1\n"},
                 {"/sys/fs/cgroup/cpu,cpuacct/job/step/cpu.cfs_period_us", "100000\n"},
                 {"/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "150000\n"},
                 {"/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "50000\n"}};
  CHECK(Granted(files) == 3);
  files.erase("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us");
  CHECK(Granted(files) == std::nullopt);
}

// As in a container that sees the machine's paths, but only its own group.
TEST_CASE("TheMountMayShowOnlyAPartOfTheHierarchy") {
  const std::string mount =
      "30 24 0:26 /docker/abc /sys/fs/cgroup ro shared:4 - cgroup2 cgroup2 rw\n";
  Files files = {{"/proc/self/mountinfo", mount},
                 {"/sys/fs/cgroup/cpu.max", "400000 100000\n"},
                 {"/sys/fs/cgroup/inner/cpu.max", "100000 100000\n"}};
  const std::pair<const char*, int> cases[] = {{"0::/docker/abc\n", 4},
                                               {"0::/docker/abc/inner\n", 1},
                                               {"0::/docker/abcdef\n", 4},
                                               {"0::/\n", 4},
                                               {"0::/../outside\n", 4}};
  for (const auto& each : cases) {
    files["/proc/self/cgroup"] = each.first;
    CAPTURE(each.first);
    CHECK(Granted(files) == each.second);
  }
}

TEST_CASE("BothVersionsMayBeMounted") {
  const Files files = {{"/proc/self/cgroup", "4:cpu,cpuacct:/\n0::/\n"},
                       {"/proc/self/mountinfo", kVersion2 + kVersion1},
                       {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "300000"},
                       {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000"}};
  CHECK(Granted(files) == 3);
}

TEST_CASE("NothingIsKnownWithoutProcOrFromOddTexts") {
  CHECK(Granted({}) == std::nullopt);
  CHECK(Granted({{"/proc/self/cgroup", "0::/\n"}}) == std::nullopt);
  CHECK(Granted({{"/proc/self/mountinfo", kVersion2}}) == std::nullopt);
  CHECK(Granted({{"/proc/self/cgroup", "::\n\n:\nx"}, {"/proc/self/mountinfo", "a - b\n - \n"}}) ==
        std::nullopt);
}

}  // namespace
}  // namespace switchboard::sys
