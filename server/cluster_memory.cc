#include "server/cluster_memory.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace coinwake::server {
namespace {

constexpr char kMeminfo[] = "/proc/meminfo";
constexpr char kGroupLimit[] = "/sys/fs/cgroup/memory.max";  // of the group a container is
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 10;
constexpr std::uint64_t kKib = 1024;
constexpr std::uint64_t kMostKib = std::uint64_t{1} << 50;

std::optional<std::string> TextOf(FileSystem& files, const std::string& path) {
  const absl::StatusOr<std::vector<std::uint8_t>> bytes = ReadWhole(files, path, kMostBytes);
  if (!bytes.ok()) return std::nullopt;
  return std::string(bytes->begin(), bytes->end());
}

// Of a line "MemTotal:   24684084 kB".
std::optional<std::uint64_t> KibIn(const std::string& line, const std::string& name) {
  if (line.rfind(name, 0) != 0) return std::nullopt;
  std::uint64_t kib = 0;
  const std::vector<std::string> words =
      absl::StrSplit(line.substr(name.size()), ' ', absl::SkipEmpty());
  if (words.size() != 2 || words[1] != "kB" || !absl::SimpleAtoi(words[0], &kib) ||
      kib > kMostKib) {
    return std::nullopt;
  }
  return kib;
}

}  // namespace

std::optional<std::uint64_t> MemoryInMeminfo(std::string_view meminfo) {
  std::optional<std::uint64_t> memory;
  std::uint64_t swap = 0;
  const std::vector<std::string> lines = absl::StrSplit(std::string(meminfo), '\n');
  for (const std::string& line : lines) {
    if (const auto kib = KibIn(line, "MemTotal:"); kib.has_value()) memory = *kib * kKib;
    if (const auto kib = KibIn(line, "SwapTotal:"); kib.has_value()) swap = *kib * kKib;
  }
  if (!memory.has_value()) return std::nullopt;
  return *memory + swap;
}

std::uint64_t MemoryOfMachine(FileSystem& files) {
  std::uint64_t memory = 0;
  if (const auto meminfo = TextOf(files, kMeminfo); meminfo.has_value()) {
    memory = MemoryInMeminfo(*meminfo).value_or(0);
  }
  std::uint64_t allowed = 0;  // stays 0 for "max"
  if (auto limit = TextOf(files, kGroupLimit); limit.has_value()) {
    absl::StripAsciiWhitespace(&*limit);
    if (!absl::SimpleAtoi(*limit, &allowed)) allowed = 0;
  }
  if (memory == 0 || allowed == 0) return std::max(memory, allowed);
  return std::min(memory, allowed);
}

}  // namespace coinwake::server
