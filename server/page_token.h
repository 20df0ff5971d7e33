// Page tokens: where a list goes on, bound to what was listed.
//
// A token is hex of a position (8 bytes, big-endian) and the first 8 bytes of SHA-256 over the
// position and a `binding`, so that a token given back for another list, or after the chain beneath
// it changed, is refused instead of skipping or repeating entries. Tokens are deterministic and
// hold no secret.
#ifndef COINWAKE_SERVER_PAGE_TOKEN_H_
#define COINWAKE_SERVER_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "indexer/base/status.h"

namespace coinwake::server {

std::string MakePageToken(std::uint64_t position, std::string_view binding);

// Where a token points. kInvalidArgument for text that is no token. The caller then compares the
// token with MakePageToken(position, binding of this list): see CheckPageToken.
absl::StatusOr<std::uint64_t> PositionOfPageToken(std::string_view token);

// kInvalidArgument unless `token` was made with this position and binding.
absl::Status CheckPageToken(std::string_view token, std::uint64_t position,
                            std::string_view binding);

// How many entries a page has: `asked`, or the default for 0, never more than `most`.
std::uint32_t PageSize(std::uint32_t asked, std::uint32_t most);

// `most` for callers in the same process, who want a list whole.
inline constexpr std::uint32_t kWholeList = 0xffffffff;

// What one page has room for.
class PageRoom {
 public:
  PageRoom(std::uint64_t entries, std::uint64_t bytes) : entries_(entries), bytes_(bytes) {}

  bool IsFull() const { return taken_ >= entries_; }
  // Takes in an entry of `bytes` if it fits; the first always does, as nothing smaller would help.
  bool Take(std::uint64_t bytes) {
    if (IsFull() || (taken_ > 0 && bytes > bytes_)) return false;
    ++taken_;
    bytes_ -= bytes < bytes_ ? bytes : bytes_;
    return true;
  }

 private:
  const std::uint64_t entries_;
  std::uint64_t bytes_;  // left
  std::uint64_t taken_ = 0;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_PAGE_TOKEN_H_
