// Goal: no bytes make the decoder of kept partitions of accounts misbehave, and what it accepts is
// written back byte for byte. Method: the input as it is, and again with true checksums of head and
// first chunk.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "heuristics/kept_account_partitions.h"
#include "indexer/base/check.h"
#include "indexer/base/hash.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kSizeAt = 12;  // of the head's size
constexpr std::size_t kSumBytes = sizeof(std::uint32_t);

void Try(const Bytes& bytes) {
  const auto kept = coinwake::DecodeKeptAccounts(bytes);
  if (!kept.ok()) return;
  Bytes written;
  const absl::Status status =
      coinwake::EncodeKept(kept->head, kept->parents, kept->edges, [&](coinwake::ByteSpan part) {
        written.insert(written.end(), part.begin(), part.end());
        return absl::OkStatus();
      });
  COINWAKE_CHECK(status.ok() && written == bytes);
}

// Sums bytes [begin, end) where the sum of them stands.
void Sum(std::size_t begin, std::size_t end, Bytes* bytes) {
  if (begin > end || bytes->size() < end + kSumBytes) return;
  coinwake::StoreLe(bytes->data() + end,
                    coinwake::Crc32c(coinwake::ByteSpan(*bytes).subspan(begin, end - begin)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, data + size);
  Try(bytes);
  if (size < kSizeAt + kSumBytes) return 0;
  const std::size_t head =
      std::min<std::size_t>(coinwake::LoadLe<std::uint32_t>(bytes.data() + kSizeAt), bytes.size());
  Sum(0, head, &bytes);
  if (head + 2 * kSumBytes <= bytes.size()) {
    Sum(head + kSumBytes, bytes.size() - kSumBytes, &bytes);
  }
  Try(bytes);
  return 0;
}
