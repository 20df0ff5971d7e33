// Owners and their accounts, while a synthetic Tron chain is being made.
#ifndef COINWAKE_TESTS_SUPPORT_TRON_ACCOUNTS_H_
#define COINWAKE_TESTS_SUPPORT_TRON_ACCOUNTS_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/tron/address.h"

namespace coinwake::synthetic {

enum class TronOwnerKind : std::uint8_t {
  kUser,
  kMerchant,
  kExchange,
  kSeller,
  kEnergyRental,
  kIssuer,      // of USDT
  kPoisoner,    // sends nothing, or next to nothing, from addresses like others'; has a fake USDT
  kAirdropper,  // gives a TRC-10 token away
  kSwap,        // changes TRX and USDT
  kWitness,
  kBlackHole,  // starts below zero, as main net's
};
inline constexpr std::size_t kTronOwnerKinds = 11;
std::string_view TronOwnerKindName(TronOwnerKind kind);

enum class AccountRole : std::uint8_t {
  kMain,
  kDeposit,    // an exchange's, for one customer
  kHot,        // where deposits are swept to and withdrawals come from
  kGas,        // pays what deposits' sweeps cost
  kFresh,      // of a seller, to pass money through
  kKey,        // signs for the main one
  kLookAlike,  // begins and ends as another's
  kContract,
};
std::string_view AccountRoleName(AccountRole role);

using TronOwnerId = std::uint32_t;
using AccountId = std::uint32_t;
inline constexpr TronOwnerId kNoOwner = 0xffffffff;
inline constexpr AccountId kNoAccount = 0xffffffff;

// `count` pairs of addresses whose texts are alike in the first three characters and the last four,
// and otherwise not. About 5,000 hashes a pair.
std::vector<std::pair<tron::Address, tron::Address>> FindLookAlikes(std::uint64_t seed,
                                                                    std::size_t count);

// Every owner of the chain. Memory: 12 bytes an account and an owner. Not thread-safe.
class TronAccounts {
 public:
  explicit TronAccounts(std::uint64_t seed) : seed_(seed) {}

  // With a main account.
  TronOwnerId NewOwner(TronOwnerKind kind);
  TronOwnerId NewOwner(TronOwnerKind kind, const tron::Address& main);
  AccountId NewAccount(TronOwnerId owner, AccountRole role);
  // At an address that is not of our choice.
  AccountId AddAccount(TronOwnerId owner, AccountRole role, const tron::Address& address);
  // The deposit account `customer` has at its exchange: one for good, made when first asked for.
  AccountId DepositOf(TronOwnerId customer, TronOwnerId exchange);

  tron::Address AddressOf(AccountId account) const;
  TronOwnerId OwnerOf(AccountId account) const { return accounts_[account].owner; }
  // Whose money a deposit account takes; kNoOwner of others.
  TronOwnerId CustomerOf(AccountId account) const { return accounts_[account].customer; }
  AccountRole RoleOf(AccountId account) const { return accounts_[account].role; }
  TronOwnerKind KindOf(TronOwnerId owner) const { return owners_[owner].kind; }
  AccountId MainOf(TronOwnerId owner) const { return owners_[owner].main; }
  const std::vector<TronOwnerId>& Members(TronOwnerKind kind) const {
    return members_[static_cast<std::size_t>(kind)];
  }
  std::size_t accounts_count() const { return accounts_.size(); }

  // Whether something is already under way for the account.
  bool IsBusy(AccountId account) const { return accounts_[account].busy; }
  void SetBusy(AccountId account, bool busy) { accounts_[account].busy = busy; }

 private:
  struct Account {
    TronOwnerId owner = 0;
    TronOwnerId customer = kNoOwner;
    AccountRole role = AccountRole::kMain;
    bool busy = false;
  };
  struct Owner {
    TronOwnerKind kind = TronOwnerKind::kUser;
    AccountId main = kNoAccount;
    AccountId deposit = kNoAccount;
  };

  std::uint64_t seed_;
  std::vector<Account> accounts_;
  std::vector<Owner> owners_;
  absl::flat_hash_map<AccountId, tron::Address> given_;  // addresses not made of the number
  std::array<std::vector<TronOwnerId>, kTronOwnerKinds> members_;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_TRON_ACCOUNTS_H_
