#include "server/cluster_memory.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace coinwake::server {
namespace {

constexpr char kMeminfo[] = "/proc/meminfo";
constexpr char kOwnGroups[] = "/proc/self/cgroup";  // one a line, "0::/user.slice/me"
constexpr char kGroups[] = "/sys/fs/cgroup";
// Groups have their limits in files of this name; those of version 1 in a tree of their own.
constexpr char kLimit[] = "/memory.max";
constexpr char kTreeOfVersion1[] = "/memory";
constexpr char kLimitOfVersion1[] = "/memory.limit_in_bytes";
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

// 0 is no limit, as "max" is.
std::uint64_t LimitIn(FileSystem& files, const std::string& path) {
  std::optional<std::string> text = TextOf(files, path);
  std::uint64_t bytes = 0;
  if (!text.has_value()) return 0;
  absl::StripAsciiWhitespace(&*text);
  return absl::SimpleAtoi(*text, &bytes) ? bytes : 0;
}

// The smaller of two limits.
std::uint64_t Stricter(std::uint64_t a, std::uint64_t b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

// What the group at `path` below `root` may take: as much as it and all groups that hold it may.
// Of a container the path may be the host's, of which nothing but the root is seen.
std::uint64_t LimitOfGroup(FileSystem& files, const std::string& root, std::string path,
                           const std::string& file) {
  std::uint64_t limit = 0;
  while (!path.empty() && path != "/") {
    limit = Stricter(limit, LimitIn(files, absl::StrCat(root, path, file)));
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
  return Stricter(limit, LimitIn(files, absl::StrCat(root, file)));
}

// Of this process, by either version of control groups. 0: none is told.
std::uint64_t LimitOfGroups(FileSystem& files) {
  const std::string version1 = absl::StrCat(kGroups, kTreeOfVersion1);
  std::string path;   // of version 2: of all resources
  std::string path1;  // of version 1: of memory
  const std::vector<std::string> lines =
      absl::StrSplit(TextOf(files, kOwnGroups).value_or(""), '\n');
  for (const std::string& line : lines) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3 || parts[2].find("..") != std::string::npos) continue;
    const std::vector<std::string> resources = absl::StrSplit(parts[1], ',');
    if (parts[1].empty()) path = parts[2];
    if (std::find(resources.begin(), resources.end(), "memory") != resources.end()) {
      path1 = parts[2];
    }
  }
  return Stricter(LimitOfGroup(files, kGroups, path, kLimit),
                  LimitOfGroup(files, version1, path1, kLimitOfVersion1));
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
  return Stricter(memory, LimitOfGroups(files));
}

}  // namespace coinwake::server
