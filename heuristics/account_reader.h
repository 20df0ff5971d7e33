// What the rules about accounts read of them: bounded lists of events, and what is money there.
//
// Rule T8 (ALGORITHMS 5.3) stands before all others: dust says nothing (heuristics/poisoning.h).
// Accounts whose names look like that of one dealt with before are for each rule to leave out; T6
// does (heuristics/deposit_reuse.h), the others say nothing of who pays.
#ifndef COINWAKE_HEURISTICS_ACCOUNT_READER_H_
#define COINWAKE_HEURISTICS_ACCOUNT_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/view/account_view.h"

namespace coinwake {

// The first byte of an asset's name, as tron::AssetKind; the server's code asserts that.
inline constexpr std::uint8_t kTrc10KindByte = 1;
inline constexpr std::uint8_t kTrc20KindByte = 2;
// A resource of LedgerEvent::more, as tron::Resource.
inline constexpr std::uint8_t kEnergyResource = 1;

inline constexpr std::uint64_t kSunInTrx = 1'000'000;
inline constexpr std::uint64_t kUnitsInUsdt = 1'000'000;
// Twelve hours: Victor's 3,200 blocks of Ethereum, in blocks of three seconds.
inline constexpr std::uint64_t kSweepWindowBlocks = 14'400;

// Events read of an account in one asset, or of what is said of it. Who has more is a hub, of which
// the rules then say nothing: far more than a deposit account or a person has in years.
inline constexpr std::size_t kMostEventsRead = 10'000;

// One event, with what is asked of it again and again.
struct AccountMovement {
  EventNum number;
  TxNum tx;
  std::uint64_t height = 0;
  LedgerEvent event;
};

// Thread-safe. `view` is borrowed.
class AccountReader {
 public:
  // `usdt`: the asset that counts as money beside TRX, with six decimals; nullopt: there is none.
  AccountReader(const AccountView& view, std::optional<AssetNum> usdt) : view_(view), usdt_(usdt) {}

  const AccountView& view() const { return view_; }
  std::optional<AssetNum> usdt() const { return usdt_; }
  bool IsMoney(AssetNum asset) const { return asset == kTrxAsset || asset == usdt_; }

  // The events of `account` in `asset` in chain order; false where there are more than
  // kMostEventsRead, of which these are the first. kDataLoss.
  absl::StatusOr<bool> Read(AddressNum account, AssetNum asset,
                            std::vector<AccountMovement>* events) const;

  // Whether the account is an address, and no pool, escrow or text of a message.
  bool IsAddress(AddressNum account) const;
  // What people compare of its name; "" where it is no address.
  std::string LookOf(AddressNum account) const;

 private:
  const AccountView& view_;
  const std::optional<AssetNum> usdt_;
};

// A payment of somebody to another, above dust.
bool IsPayment(const LedgerEvent& event);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_ACCOUNT_READER_H_
