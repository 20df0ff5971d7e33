#include "server/page_token.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/hex.h"
#include "server/limits.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kTokenBytes = 16;

}  // namespace

std::string MakePageToken(std::uint64_t position, std::string_view binding) {
  std::array<std::uint8_t, kTokenBytes> token;
  StoreBe(token.data(), position);
  std::string hashed(reinterpret_cast<const char*>(token.data()), 8);
  hashed += binding;
  const Hash256 digest = Sha256(AsBytes(hashed.data(), hashed.size()));
  std::copy_n(digest.bytes.begin(), 8, token.begin() + 8);
  return HexEncode(token);
}

absl::StatusOr<std::uint64_t> PositionOfPageToken(std::string_view token) {
  const std::optional<std::vector<std::uint8_t>> bytes =
      token.size() == 2 * kTokenBytes ? HexDecode(token) : std::nullopt;
  if (!bytes.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", Excerpt(token), "\" is no page token: give back what the previous page gave"));
  }
  return LoadBe<std::uint64_t>(bytes->data());
}

absl::Status CheckPageToken(std::string_view token, std::uint64_t position,
                            std::string_view binding) {
  if (token == MakePageToken(position, binding)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the page token belongs to another list, or the chain has changed since it was given: start "
      "again without one");
}

std::uint32_t PageSize(std::uint32_t asked, std::uint32_t most) {
  return std::min(asked == 0 ? kDefaultPageSize : asked, most);
}

}  // namespace coinwake::server
