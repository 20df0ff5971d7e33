#include "tests/support/tron_accounts.h"

#include <algorithm>
#include <string>

#include "indexer/base/hash.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake::synthetic {
namespace {

using tron::Address;

// The last four characters of the address's text, as a number.
std::uint32_t EndOfText(const Address& address) {
  constexpr std::uint64_t kFourCharacters = std::uint64_t{58} * 58 * 58 * 58;
  const Hash256 checksum = DoubleSha256(address.bytes);
  std::uint64_t rest = 0;
  for (const std::uint8_t byte : address.bytes) rest = (rest * 256 + byte) % kFourCharacters;
  for (std::size_t i = 0; i < 4; ++i) rest = (rest * 256 + checksum.bytes[i]) % kFourCharacters;
  return static_cast<std::uint32_t>(rest);
}

// Both of the pair among many that begin alike: by the birthday paradox a few thousand are enough
// where one given address would need eleven million.
std::pair<Address, Address> FindPair(std::uint64_t seed) {
  absl::flat_hash_map<std::uint32_t, Address> by_end;
  const Address start = InventedAddress(seed, 0);
  for (std::uint64_t number = 1;; ++number) {
    Address candidate = InventedAddress(seed, number);
    std::copy_n(start.bytes.begin(), 4, candidate.bytes.begin());
    const auto [found, is_new] = by_end.try_emplace(EndOfText(candidate), candidate);
    if (is_new) continue;
    if (found->second.ToBase58().substr(0, 3) != candidate.ToBase58().substr(0, 3)) continue;
    return {found->second, candidate};
  }
}

}  // namespace

std::string_view TronOwnerKindName(TronOwnerKind kind) {
  constexpr std::array<std::string_view, kTronOwnerKinds> kNames = {
      "user",     "merchant",   "exchange", "seller",  "energy_rental", "issuer",
      "poisoner", "airdropper", "swap",     "witness", "black_hole"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view AccountRoleName(AccountRole role) {
  constexpr std::array<std::string_view, 8> kNames = {"main",  "deposit", "hot",        "gas",
                                                      "fresh", "key",     "look_alike", "contract"};
  return kNames[static_cast<std::size_t>(role)];
}

std::vector<std::pair<Address, Address>> FindLookAlikes(std::uint64_t seed, std::size_t count) {
  constexpr std::uint64_t kSeedStep = 0x9e3779b97f4a7c15;
  std::vector<std::pair<Address, Address>> pairs;
  while (pairs.size() < count) pairs.push_back(FindPair(seed + kSeedStep * (1 + pairs.size())));
  return pairs;
}

TronOwnerId TronAccounts::NewOwner(TronOwnerKind kind) {
  const auto id = static_cast<TronOwnerId>(owners_.size());
  owners_.push_back({kind, kNoAccount, kNoAccount});
  owners_[id].main = NewAccount(id, AccountRole::kMain);
  members_[static_cast<std::size_t>(kind)].push_back(id);
  return id;
}

TronOwnerId TronAccounts::NewOwner(TronOwnerKind kind, const Address& main) {
  const TronOwnerId id = NewOwner(kind);
  given_.emplace(owners_[id].main, main);
  return id;
}

AccountId TronAccounts::NewAccount(TronOwnerId owner, AccountRole role) {
  accounts_.push_back({owner, kNoOwner, role, false});
  return static_cast<AccountId>(accounts_.size() - 1);
}

AccountId TronAccounts::AddAccount(TronOwnerId owner, AccountRole role, const Address& address) {
  const AccountId id = NewAccount(owner, role);
  given_.emplace(id, address);
  return id;
}

AccountId TronAccounts::DepositOf(TronOwnerId customer, TronOwnerId exchange) {
  if (owners_[customer].deposit == kNoAccount) {
    owners_[customer].deposit = NewAccount(exchange, AccountRole::kDeposit);
    accounts_.back().customer = customer;
  }
  return owners_[customer].deposit;
}

Address TronAccounts::AddressOf(AccountId account) const {
  if (accounts_[account].role != AccountRole::kDeposit) {  // most accounts are never given
    const auto found = given_.find(account);
    if (found != given_.end()) return found->second;
  }
  return InventedAddress(seed_, account);
}

}  // namespace coinwake::synthetic
