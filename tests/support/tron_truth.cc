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

Uint256 TronTruth::Join(const Words& words) {
  Uint256 value = 0;
  for (std::size_t i = words.size(); i-- > 0;) value = (value << 64) | words[i];
  return value;
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
  const auto& balances = tokens_[asset];
  const auto found = balances.find(Body(address));
  return found == balances.end() ? Uint256(0) : Join(found->second);
}

void TronTruth::AddTrx(const Address& address, std::int64_t sun, bool may_be_negative) {
  std::int64_t& balance = trx_[Body(address)];
  COINWAKE_CHECK(!__builtin_add_overflow(balance, sun, &balance));
  COINWAKE_CHECK(balance >= 0 || sun >= 0 || may_be_negative);
}

void TronTruth::AddToken(AssetId asset, const Address& address, const Uint256& amount) {
  if (amount == 0) return;
  Words& words = tokens_[asset][Body(address)];
  const Uint256 before = Join(words);
  Uint256 after = before + amount;
  COINWAKE_CHECK(after >= before);
  for (std::uint64_t& word : words) {
    word = static_cast<std::uint64_t>(after & std::numeric_limits<std::uint64_t>::max());
    after >>= 64;
  }
}

void TronTruth::TakeToken(AssetId asset, const Address& address, const Uint256& amount) {
  if (amount == 0) return;
  const Uint256 before = TokenOf(asset, address);
  COINWAKE_CHECK(before >= amount);
  tokens_[asset].erase(Body(address));
  AddToken(asset, address, before - amount);
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
  if (move.from) TakeToken(move.asset, *move.from, move.amount);
  if (move.to) AddToken(move.asset, *move.to, move.amount);
}

std::vector<BalanceRow> TronTruth::Rows() const {
  std::vector<BalanceRow> rows;
  const auto address_of = [](const AddressBody& body) { return Address::FromBody(body); };
  for (const auto& [body, sun] : trx_) {
    const auto frozen = frozen_.find(body);
    const std::int64_t staked = frozen == frozen_.end() ? 0 : frozen->second;
    if (sun == 0 && staked == 0) continue;
    const auto bits = static_cast<std::uint64_t>(sun);
    rows.push_back({address_of(body), kTrx, sun < 0, sun < 0 ? ~bits + 1 : bits,
                    static_cast<std::uint64_t>(staked)});
  }
  for (std::size_t asset = 0; asset < tokens_.size(); ++asset) {
    for (const auto& [body, words] : tokens_[asset]) {
      rows.push_back({address_of(body), static_cast<AssetId>(asset), false, Join(words), 0});
    }
  }
  std::sort(rows.begin(), rows.end(), [](const BalanceRow& a, const BalanceRow& b) {
    return std::tie(a.address, a.asset) < std::tie(b.address, b.asset);
  });
  return rows;
}

}  // namespace coinwake::synthetic
