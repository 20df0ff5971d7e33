// Goal: no bytes break the walk through a block file. Method: the first 8 bytes are the XOR key,
// the rest the file; records ascend, stay within it, do not overlap, can be read, and with the
// bytes skipped account for every byte once.
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "indexer/base/check.h"
#include "indexer/bitcoin/block_file.h"
#include "tests/support/memory_file.h"

using namespace coinwake;           // NOLINT(google-build-using-namespace)
using namespace coinwake::bitcoin;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  std::array<std::uint8_t, 8> key;
  std::copy_n(data, key.size(), key.begin());
  const MemoryFile file(std::vector<std::uint8_t>(data + 8, data + size));
  BlockFileReader reader(file, XorKey(key));
  BlockRecord record;
  std::uint64_t end = 0;
  std::uint64_t in_records = 0;
  std::vector<std::uint8_t> bytes;
  while (true) {
    const auto more = reader.Next(&record);
    COINWAKE_CHECK(more.ok());
    if (!*more) break;
    COINWAKE_CHECK(record.offset >= end + 8);
    end = record.offset + record.size_bytes;
    COINWAKE_CHECK(end <= size - 8);
    in_records += record.size_bytes + 8;
    COINWAKE_CHECK(reader.ReadBlock(record, &bytes).ok());
    COINWAKE_CHECK(std::equal(record.header.begin(), record.header.end(), bytes.begin()));
  }
  const SkippedBytes& skipped = reader.skipped();
  COINWAKE_CHECK(in_records + skipped.padding + skipped.torn + skipped.junk == size - 8);
  return 0;
}
