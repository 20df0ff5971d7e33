#include "tests/acceptance/arrivals.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "tests/support/block_builder.h"
#include "tests/support/gzip.h"

namespace coinwake::acceptance {
namespace {

using synthetic::Bytes;

const std::string kSetA = std::string(COINWAKE_TEST_DATA) + "/regtest/A";

// The blocks of set A's file.
const std::vector<Bytes>& Records() {
  static const auto& records = *new std::vector<Bytes>([] {
    std::vector<std::uint8_t> file = ReadMaybeGzip(kSetA + "/blk00000.dat");
    const std::vector<std::uint8_t> key = ReadMaybeGzip(kSetA + "/xor.dat");
    for (std::size_t i = 0; i < file.size(); ++i) {
      file[i] = static_cast<std::uint8_t>(file[i] ^ key[i % key.size()]);
    }
    const auto magic = LoadLe<std::uint32_t>(synthetic::kRegtestMagic.data());
    std::vector<Bytes> found;
    for (std::size_t at = 0; at + 8 <= file.size() && LoadLe<std::uint32_t>(&file[at]) == magic;) {
      const std::size_t size = LoadLe<std::uint32_t>(&file[at + 4]);
      const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at + 8);
      found.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
      at += 8 + size;
    }
    return found;
  }());
  return records;
}

std::string HashOf(const Bytes& block) {
  return DoubleSha256(ByteSpan(block).first(80)).ToDisplayHex();
}

}  // namespace

std::size_t ArrivalsCount() { return Records().size(); }

std::size_t ArrivalsUntil(const std::string& prefix) {
  for (std::size_t i = 0; i < Records().size(); ++i) {
    if (HashOf(Records()[i]).starts_with(prefix)) return i + 1;
  }
  ADD_FAILURE() << "no record " << prefix;
  return 0;
}

void WriteArrivals(const std::string& folder, std::size_t count) {
  synthetic::BlockFolderWriter writer(RealFileSystem(), folder, {});
  for (std::size_t i = 0; i < count; ++i) {
    const absl::Status status = writer.Append(Records()[i]);
    ASSERT_TRUE(status.ok()) << status;
  }
  const absl::Status status = writer.Finish();
  ASSERT_TRUE(status.ok()) << status;
}

}  // namespace coinwake::acceptance
