// Goal: no bytes make the decoder of commit records misbehave, and what it accepts is written back
// byte for byte. Method: the input as it is, and again with a true checksum at its end.
#include <cstdint>
#include <string>

#include "indexer/base/check.h"
#include "indexer/base/hash.h"
#include "indexer/kv/commit_record.h"

namespace {

void Try(const std::string& bytes) {
  const auto record = coinwake::DecodeCommitRecord(bytes);
  if (record.ok()) COINWAKE_CHECK(coinwake::EncodeCommitRecord(*record) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  Try(bytes);
  if (size < 4) return 0;
  bytes.resize(size - 4);
  const std::uint32_t crc = coinwake::Crc32c(coinwake::AsBytes(bytes.data(), bytes.size()));
  bytes.append(reinterpret_cast<const char*>(&crc), sizeof(crc));
  Try(bytes);
  return 0;
}
