#include "indexer/tron_source/json_cache.h"

#include <utility>

namespace coinwake::tron {
namespace {

std::uint64_t MemoryOf(const JsonFile& file) {
  std::uint64_t bytes = sizeof(JsonFile);
  for (const ByteString& block : file.blocks) bytes += sizeof(ByteString) + block.size();
  for (const JsonInfo& info : file.infos) bytes += sizeof(JsonInfo) + info.bytes.size();
  return bytes;
}

}  // namespace

absl::StatusOr<const JsonFile*> JsonCache::Get(std::uint32_t number, const std::string& path) {
  const auto place = place_of_.find(number);
  if (place != place_of_.end()) {
    held_.splice(held_.begin(), held_, place->second);
    return &held_.front().file;
  }
  COINWAKE_ASSIGN_OR_RETURN(JsonFile file, LoadJsonFile(files_, path));
  const std::uint64_t bytes = MemoryOf(file);
  while (!held_.empty() && bytes_ + bytes > max_bytes_) {
    bytes_ -= held_.back().bytes;
    place_of_.erase(held_.back().number);
    held_.pop_back();
  }
  held_.push_front({number, bytes, std::move(file)});
  place_of_[number] = held_.begin();
  bytes_ += bytes;
  return &held_.front().file;
}

}  // namespace coinwake::tron
