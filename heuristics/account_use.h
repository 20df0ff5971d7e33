// What one pass over a Tron chain tells of every account: who is a contract, who pays at most two
// others, who opened whom. It keeps the rules that read an account's events from reading most.
#ifndef COINWAKE_HEURISTICS_ACCOUNT_USE_H_
#define COINWAKE_HEURISTICS_ACCOUNT_USE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "heuristics/account_reader.h"
#include "indexer/base/ids.h"
#include "indexer/base/status.h"

namespace coinwake {

// Immutable once scanned. 18 bytes an account.
class AccountUse {
 public:
  // One pass over all transactions and events, one thread. kDataLoss.
  static absl::StatusOr<AccountUse> Scan(const AccountReader& reader);

  std::uint64_t accounts_count() const { return flags_.size(); }

  // REQUIRES of all below: account < accounts_count().
  // A contract is no user, and neither is what is no address.
  bool IsContract(AddressNum account) const { return Has(account, kContract); }
  // Who got anything from it above dust, in order of appearance, where they are at most two: TRX, a
  // TRC-10 token, USDT, or what it itself sent of another token. Fees and what it staked are paid
  // to nobody. Empty: it paid nobody.
  struct Payees {
    bool many = false;  // more than two, or nobody known
    std::vector<AddressNum> accounts = {};
  };
  Payees PayeesOf(AddressNum account) const;
  bool LendsResources(AddressNum account) const { return Has(account, kLends); }
  // How often it paid TRX above dust, or lent a resource.
  std::uint32_t GivingsOf(AddressNum account) const { return givings_[account.value]; }
  // Who opened it, by a contract for that or by the first TRX or TRC-10 token, which only an index
  // from block 0 on can tell. nullopt: nobody did or it is not known.
  std::optional<AddressNum> ActivatorOf(AddressNum account) const;
  // How many accounts it opened, at most kManyActivations.
  static constexpr std::uint8_t kManyActivations = 255;
  std::uint8_t ActivationsBy(AddressNum account) const { return activations_[account.value]; }

 private:
  enum : std::uint8_t { kContract = 1, kManyPayees = 2, kLends = 4, kSeen = 8 };

  explicit AccountUse(std::uint64_t accounts);
  bool Has(AddressNum account, std::uint8_t flag) const {
    return (flags_[account.value] & flag) != 0;
  }
  void Set(AddressNum account, std::uint8_t flag) { flags_[account.value] |= flag; }
  void NoteTokens(const AccountView& view);
  void NoteEvent(const AccountReader& reader, const LedgerEvent& event,
                 std::optional<AddressNum> sender);
  void NotePayee(AddressNum from, std::optional<AddressNum> to);
  void NoteFirst(const LedgerEvent& event, bool is_complete);

  std::vector<std::uint8_t> flags_;
  std::vector<std::uint8_t> activations_;
  std::vector<std::uint32_t> payees_;  // two for each account; kNone32: none
  std::vector<std::uint32_t> activators_;
  std::vector<std::uint32_t> givings_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_ACCOUNT_USE_H_
