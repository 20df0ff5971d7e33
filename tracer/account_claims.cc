#include "tracer/account_claims.h"

#include <algorithm>
#include <array>

#include "indexer/base/check.h"
#include "tracer/wide_apportion.h"

namespace coinwake {

Uint128 SumOf(std::span<const AccountClaim> claims) {
  Uint128 sum = 0;
  for (const AccountClaim& claim : claims) sum += claim.length;
  return sum;
}

void AccountClaims::AddByPlace(Uint128 place, std::span<const AccountClaim> claims) {
  for (AccountClaim claim : claims) {
    claim.begin += place;
    if (!empty()) {
      AccountClaim& next = claims_.back();
      COINWAKE_DCHECK(claim.begin + claim.length <= next.begin);
      if (claim.begin + claim.length == next.begin && claim.hops == next.hops) {
        next.begin = claim.begin;
        next.length += claim.length;
        continue;
      }
    }
    claims_.push_back(claim);
  }
}

void AccountClaims::TakeByPlace(Uint128 place, std::vector<AccountClaim>* taken) {
  while (!empty()) {
    AccountClaim& last = claims_[first_];
    const Uint128 end = last.begin + last.length;
    if (end <= place) break;
    const Uint128 begin = std::max(last.begin, place);
    taken->push_back({begin - place, end - begin, last.hops});
    last.length = begin - last.begin;
    if (last.length != 0) break;
    ++first_;
  }
  if (empty()) return Clear();
  if (first_ * 2 > claims_.size()) {
    claims_.erase(claims_.begin(), claims_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void AccountClaims::AddByShare(std::span<const AccountClaim> claims) {
  for (const AccountClaim& claim : claims) {
    if (empty()) {
      claims_.push_back(claim);
    } else {
      claims_.back().length += claim.length;
      claims_.back().hops = std::min(claims_.back().hops, claim.hops);
    }
  }
}

void AccountClaims::TakeByShare(Uint128 amount, Uint128 before, std::vector<AccountClaim>* taken) {
  if (empty()) return;
  AccountClaim& all = claims_.back();
  const std::array<Uint128, 2> capacities = {amount, before};
  std::array<Uint128, 2> shares = {0, 0};
  SplitWide(all.length, capacities, amount + before, shares);
  if (shares[0] != 0) taken->push_back({0, shares[0], all.hops});
  all.length = shares[1];
  if (all.length == 0) Clear();
}

Uint128 AccountClaims::Sum() const {
  return SumOf(std::span<const AccountClaim>(claims_).subspan(first_));
}

void AccountClaims::Clear() {
  claims_.clear();
  first_ = 0;
}

}  // namespace coinwake
