#include "tests/support/tron_truth.h"

#include <algorithm>
#include <limits>

#include "indexer/base/check.h"

namespace coinwake::synthetic {
namespace {

// Sun of a move; the magnitude of the smallest int64 comes back as that number, which negated is
// itself.
std::int64_t SunOf(const Uint256& amount) {
  const std::optional<std::uint64_t> sun = ToUint64(amount);
  COINWAKE_CHECK(sun && *sun <= std::uint64_t{1} << 63);
  return static_cast<std::int64_t>(*sun);
}

}  // namespace

std::string_view MoveKindName(MoveKind kind) {
  constexpr std::array<std::string_view, 12> kNames = {
      "genesis",   "transfer",    "call_value", "internal", "mint",   "burn",
      "destroyed", "token_issue", "freeze",     "unfreeze", "reward", "fee"};
  return kNames[static_cast<std::size_t>(kind)];
}

TronTruth::AddressBody TronTruth::Body(const Address& address) {
  AddressBody body;
  std::copy(address.bytes.begin() + 1, address.bytes.end(), body.begin());
  return body;
}

AssetId TronTruth::AddAsset(std::string name, const Address& contract, const Address& owner) {
  COINWAKE_CHECK(assets_.size() < std::numeric_limits<AssetId>::max());
  assets_.push_back({std::move(name), contract, owner, 0, 0});
  tokens_.emplace_back();
  return static_cast<AssetId>(assets_.size() - 1);
}

std::int64_t TronTruth::TrxOf(const Address& address) const {
  const auto found = trx_.find(Body(address));
  return found == trx_.end() ? 0 : found->second;
}

std::int64_t TronTruth::FrozenOf(const Address& address) const {
  const auto found = frozen_.find(Body(address));
  return found == frozen_.end() ? 0 : found->second;
}

Uint256 TronTruth::TokenOf(AssetId asset, const Address& address) const {
  const TokenBalances& balances = tokens_[asset];
  const auto small = balances.small.find(Body(address));
  if (small != balances.small.end()) return small->second;
  const auto large = balances.large.find(Body(address));
  return large == balances.large.end() ? Uint256(0) : large->second;
}

void TronTruth::AddTrx(const Address& address, std::int64_t sun, bool may_be_negative) {
  std::int64_t& balance = trx_[Body(address)];
  COINWAKE_CHECK(!__builtin_add_overflow(balance, sun, &balance));
  COINWAKE_CHECK(balance >= 0 || sun >= 0 || may_be_negative);
}

void TronTruth::SetToken(AssetId asset, const Address& address, const Uint256& amount) {
  TokenBalances& balances = tokens_[asset];
  const AddressBody body = Body(address);
  const std::optional<std::uint64_t> small = ToUint64(amount);
  if (!small) {
    balances.small.erase(body);
    balances.large[body] = amount;
    return;
  }
  balances.large.erase(body);
  if (*small == 0) {
    balances.small.erase(body);
  } else {
    balances.small[body] = *small;
  }
}

void TronTruth::Apply(const Move& move) {
  if (move.kind == MoveKind::kFreeze || move.kind == MoveKind::kUnfreeze) {
    const std::int64_t sun = SunOf(move.amount);
    const bool freezes = move.kind == MoveKind::kFreeze;
    AddTrx(*move.from, freezes ? -sun : sun, /*may_be_negative=*/false);
    std::int64_t& frozen = frozen_[Body(*move.from)];
    frozen += freezes ? sun : -sun;
    COINWAKE_CHECK(frozen >= 0);
    return;
  }
  TruthAsset& asset = assets_[move.asset];
  if (!move.from) asset.minted += move.amount;
  if (!move.to) asset.burned += move.amount;
  if (move.asset == kTrx) {
    const std::int64_t sun = SunOf(move.amount);
    // Negated as bits, because genesis may take 2^63.
    const auto minus = static_cast<std::int64_t>(~static_cast<std::uint64_t>(sun) + 1);
    if (move.from) AddTrx(*move.from, minus, move.kind == MoveKind::kGenesis);
    if (move.to) AddTrx(*move.to, sun, /*may_be_negative=*/true);
    return;
  }
  if (move.from) {
    const Uint256 held = TokenOf(move.asset, *move.from);
    COINWAKE_CHECK(held >= move.amount);
    SetToken(move.asset, *move.from, held - move.amount);
  }
  if (move.to) {
    const Uint256 sum = TokenOf(move.asset, *move.to) + move.amount;
    COINWAKE_CHECK(sum >= move.amount);
    SetToken(move.asset, *move.to, sum);
  }
}

std::vector<Address> TronTruth::Holders() const {
  std::vector<Address> holders;
  holders.reserve(trx_.size());
  const auto add = [&holders](const auto& balances) {
    for (const auto& entry : balances) holders.push_back(Address::FromBody(entry.first));
  };
  add(trx_);
  for (const TokenBalances& balances : tokens_) {
    for (const auto& [body, amount] : balances.small) {
      if (!trx_.contains(body)) holders.push_back(Address::FromBody(body));
    }
    add(balances.large);
  }
  std::sort(holders.begin(), holders.end());
  holders.erase(std::unique(holders.begin(), holders.end()), holders.end());
  return holders;
}

std::vector<BalanceRow> TronTruth::RowsOf(const Address& address) const {
  std::vector<BalanceRow> rows;
  const std::int64_t sun = TrxOf(address);
  const std::int64_t frozen = FrozenOf(address);
  if (sun != 0 || frozen != 0) {
    const auto bits = static_cast<std::uint64_t>(sun);
    rows.push_back(
        {address, kTrx, sun < 0, sun < 0 ? ~bits + 1 : bits, static_cast<std::uint64_t>(frozen)});
  }
  for (std::size_t asset = kTrx + 1; asset < tokens_.size(); ++asset) {
    const Uint256 amount = TokenOf(static_cast<AssetId>(asset), address);
    if (amount != 0) rows.push_back({address, static_cast<AssetId>(asset), false, amount, 0});
  }
  return rows;
}

std::vector<BalanceRow> TronTruth::Rows() const {
  std::vector<BalanceRow> rows;
  for (const Address& holder : Holders()) {
    const std::vector<BalanceRow> more = RowsOf(holder);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

}  // namespace coinwake::synthetic
