// A page of a cluster's members, for every kind of chain.
#ifndef COINWAKE_SERVER_MEMBER_PAGE_H_
#define COINWAKE_SERVER_MEMBER_PAGE_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/base/ids.h"
#include "indexer/base/status.h"
#include "server/limits.h"
#include "server/page_token.h"

namespace coinwake::server {

// The members asked for; a page token is checked even where none are. `block`: what tells the
// snapshot apart. `members(after, limit)` lists them in ascending order, `name(member)` names one.
// REQUIRES: id and profile of `answer` are set.
template <typename Members, typename Name>
absl::Status FillMemberPage(const v1::GetClusterRequest& request, std::uint32_t max_page_size,
                            const std::string& block, const Members& members, const Name& name,
                            v1::Cluster* answer) {
  const std::string binding =
      absl::StrCat("cluster ", answer->id(), " ", answer->profile(), " ", block);
  std::optional<AddressNum> after;
  if (!request.page_token().empty()) {
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t last, PositionOfPageToken(request.page_token()));
    COINWAKE_RETURN_IF_ERROR(CheckPageToken(request.page_token(), last, binding));
    after = AddressNum{last};
  }
  if (!request.members()) return absl::OkStatus();
  const std::size_t size = PageSize(request.page_size(), max_page_size);
  PageRoom room(size, max_page_size == kWholeList ? std::numeric_limits<std::uint64_t>::max()
                                                  : kMaxPageBytes);
  for (const AddressNum member : members(after, size + 1)) {
    std::string text = name(member);
    if (!room.Take(text.size())) {
      answer->set_next_page_token(MakePageToken(after->value, binding));
      break;
    }
    answer->add_members(std::move(text));
    after = member;
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_MEMBER_PAGE_H_
