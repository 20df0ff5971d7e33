#include "indexer/base/hash.h"

#include <cryptopp/crc.h>
#include <cryptopp/keccak.h>
#include <cryptopp/ripemd.h>
#include <cryptopp/sha.h>

#include <algorithm>

#include "indexer/base/hash_stream.h"
#include "indexer/base/hex.h"

namespace coinwake {
namespace {

// A hasher a thread keeps: constructing one costs more than hashing a short script.
CryptoPP::SHA256& ThreadSha256() {
  thread_local CryptoPP::SHA256 hasher;
  return hasher;
}

}  // namespace

std::string Hash256::ToDisplayHex() const {
  std::array<std::uint8_t, 32> reversed;
  for (std::size_t i = 0; i < 32; ++i) reversed[i] = bytes[31 - i];
  return HexEncode(reversed);
}

std::optional<Hash256> Hash256::FromDisplayHex(std::string_view hex) {
  if (hex.size() != 64) return std::nullopt;
  const auto decoded = HexDecode(hex);
  if (!decoded) return std::nullopt;
  Hash256 result;
  for (std::size_t i = 0; i < 32; ++i) result.bytes[i] = (*decoded)[31 - i];
  return result;
}

std::string Hash256::ToHex() const { return HexEncode(bytes); }

std::optional<Hash256> Hash256::FromHex(std::string_view hex) {
  if (hex.size() != 64) return std::nullopt;
  const auto decoded = HexDecode(hex);
  if (!decoded) return std::nullopt;
  Hash256 result;
  std::copy(decoded->begin(), decoded->end(), result.bytes.begin());
  return result;
}

Hash256 Sha256(ByteSpan data) {
  Hash256 result;
  ThreadSha256().CalculateDigest(result.bytes.data(), data.data(), data.size());
  return result;
}

Hash256 DoubleSha256(ByteSpan data) {
  Hash256 result;
  CryptoPP::SHA256& hasher = ThreadSha256();
  hasher.CalculateDigest(result.bytes.data(), data.data(), data.size());
  hasher.CalculateDigest(result.bytes.data(), result.bytes.data(), result.bytes.size());
  return result;
}

Hash256 DoubleSha256(std::initializer_list<ByteSpan> parts) {
  Hash256 result;
  CryptoPP::SHA256& hasher = ThreadSha256();
  for (const ByteSpan part : parts) hasher.Update(part.data(), part.size());
  hasher.Final(result.bytes.data());
  hasher.CalculateDigest(result.bytes.data(), result.bytes.data(), result.bytes.size());
  return result;
}

struct DoubleSha256Stream::Hasher {
  CryptoPP::SHA256 sha;
};

DoubleSha256Stream::DoubleSha256Stream() : hasher_(std::make_unique<Hasher>()) {}
DoubleSha256Stream::~DoubleSha256Stream() = default;

void DoubleSha256Stream::Add(ByteSpan bytes) { hasher_->sha.Update(bytes.data(), bytes.size()); }

Hash256 DoubleSha256Stream::Finish() {
  Hash256 once;
  hasher_->sha.Final(once.bytes.data());
  return Sha256(once.bytes);
}

struct Sha256Stream::Hasher {
  CryptoPP::SHA256 sha;
};

Sha256Stream::Sha256Stream() : hasher_(std::make_unique<Hasher>()) {}
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Add(ByteSpan bytes) { hasher_->sha.Update(bytes.data(), bytes.size()); }

Hash256 Sha256Stream::Finish() {
  Hash256 result;
  hasher_->sha.Final(result.bytes.data());
  return result;
}

Hash160 ComputeHash160(ByteSpan data) {
  thread_local CryptoPP::RIPEMD160 ripemd;
  const Hash256 sha = Sha256(data);
  Hash160 result;
  ripemd.CalculateDigest(result.data(), sha.bytes.data(), sha.bytes.size());
  return result;
}

Hash256 Keccak256(ByteSpan data) {
  thread_local CryptoPP::Keccak_256 keccak;
  Hash256 result;
  keccak.CalculateDigest(result.bytes.data(), data.data(), data.size());
  return result;
}

std::uint32_t Crc32c(ByteSpan data) {
  thread_local CryptoPP::CRC32C crc;
  std::uint8_t digest[4];
  crc.CalculateDigest(digest, data.data(), data.size());
  return LoadLe<std::uint32_t>(digest);
}

}  // namespace coinwake
