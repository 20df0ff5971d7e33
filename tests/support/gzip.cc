#include "tests/support/gzip.h"

#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace coinwake {
namespace {

[[noreturn]] void Fail(const std::string& path, const char* what) {
  std::fprintf(stderr, "fixture %s: %s\n", path.c_str(), what);
  std::abort();
}

}  // namespace

std::vector<std::uint8_t> ReadMaybeGzip(const std::string& path) {
  std::error_code error;
  const std::string found = std::filesystem::exists(path, error) ? path : path + ".gz";
  const gzFile file = gzopen(found.c_str(), "rb");  // reads plain files as they are
  if (file == nullptr) Fail(found, "cannot be opened");
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> chunk(1 << 18);
  while (true) {
    const int count = gzread(file, chunk.data(), static_cast<unsigned>(chunk.size()));
    if (count < 0) Fail(found, "cannot be read");
    if (count == 0) break;
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + count);
  }
  if (gzclose(file) != Z_OK) Fail(found, "is cut short");
  return bytes;
}

std::vector<std::string> ReadLinesMaybeGzip(const std::string& path) {
  const std::vector<std::uint8_t> bytes = ReadMaybeGzip(path);
  std::vector<std::string> lines;
  std::string line;
  for (const std::uint8_t byte : bytes) {
    if (byte != '\n') {
      line.push_back(static_cast<char>(byte));
      continue;
    }
    if (!line.empty()) lines.push_back(std::move(line));
    line.clear();
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

void UnpackFolder(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::create_directories(to, error);
  if (error) Fail(to, "cannot be made");
  for (const auto& entry : std::filesystem::directory_iterator(from, error)) {
    if (!entry.is_regular_file()) continue;
    std::filesystem::path name = entry.path().filename();
    if (name.extension() == ".gz") name = name.stem();
    const std::vector<std::uint8_t> bytes = ReadMaybeGzip(entry.path().string());
    std::ofstream out(std::filesystem::path(to) / name, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) Fail(to, "cannot be written");
  }
  if (error) Fail(from, "cannot be listed");
}

}  // namespace coinwake
