// Pages of a block's transactions, on whichever chain.
#ifndef COINWAKE_SERVER_BLOCK_PAGE_H_
#define COINWAKE_SERVER_BLOCK_PAGE_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/base/ids.h"
#include "indexer/base/status.h"
#include "server/limits.h"
#include "server/page_token.h"

namespace coinwake::server {

// Index of the first transaction of the page that `request` asks for. kInvalidArgument: the token
// is of another list.
inline absl::StatusOr<std::uint64_t> BlockPageBegin(const v1::GetBlockRequest& request,
                                                    const std::string& binding) {
  if (request.page_token().empty()) return std::uint64_t{0};
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t begin, PositionOfPageToken(request.page_token()));
  COINWAKE_RETURN_IF_ERROR(CheckPageToken(request.page_token(), begin, binding));
  return begin;
}

inline PageRoom RoomOfBlockPage(const v1::GetBlockRequest& request) {
  constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
  if (request.page_size() == 0) return {kNoLimit, kNoLimit};
  return {PageSize(request.page_size(), kMaxPageSize), kMaxPageBytes};
}

// Adds the transactions that `request` asks for, each filled by `fill(tx, wire)`, and the token of
// the next page.
template <typename Fill>
absl::Status FillBlockPage(IdRange<TxNum> transactions, const v1::GetBlockRequest& request,
                           const std::string& binding, const Fill& fill, v1::Block* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t begin, BlockPageBegin(request, binding));
  const std::uint64_t count = transactions.size();
  PageRoom room = RoomOfBlockPage(request);
  std::uint64_t end = std::min(begin, count);
  for (; end < count && !room.IsFull(); ++end) {
    v1::Transaction* const transaction = answer->add_transactions();
    fill(transactions.begin + end, transaction);
    if (room.Take(transaction->ByteSizeLong())) continue;
    answer->mutable_transactions()->RemoveLast();
    break;
  }
  if (end < count) answer->set_next_page_token(MakePageToken(end, binding));
  return absl::OkStatus();
}

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_BLOCK_PAGE_H_
