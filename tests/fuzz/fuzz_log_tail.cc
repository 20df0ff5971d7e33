// Goal: no bytes make the reader of LevelDB's logs misbehave, and cutting a log leaves a whole one.
// Method: the input as it is, and again with the checksum of its first record made true.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "indexer/base/check.h"
#include "indexer/base/hash.h"
#include "indexer/kv/log_tail.h"

namespace {

void Try(coinwake::ByteSpan log) {
  const std::uint64_t whole = coinwake::WholeRecordsBytes(log);
  COINWAKE_CHECK(whole <= log.size());
  COINWAKE_CHECK(coinwake::WholeRecordsBytes(log.first(whole)) == whole);
  coinwake::DecodeSyncMark(log);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Try(coinwake::AsBytes(data, size));
  if (size < 7) return 0;
  std::vector<std::uint8_t> log(data, data + size);
  const std::size_t length =
      std::min<std::size_t>(coinwake::LoadLe<std::uint16_t>(log.data() + 4), size - 7);
  coinwake::StoreLe(log.data() + 4, static_cast<std::uint16_t>(length));
  const std::uint32_t crc = coinwake::Crc32c(coinwake::AsBytes(log.data() + 6, 1 + length));
  coinwake::StoreLe(log.data(), ((crc >> 15) | (crc << 17)) + 0xa282ead8u);
  Try(log);
  return 0;
}
