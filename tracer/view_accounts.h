// The events of one asset in an index, as a trace over accounts reads them.
//
// An account's free balance and each of its pots (what it staked or waits for) are accounts of
// their own here: AccountOf() and AddressOf() translate.
#ifndef COINWAKE_TRACER_VIEW_ACCOUNTS_H_
#define COINWAKE_TRACER_VIEW_ACCOUNTS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "tracer/account_trace.h"

namespace coinwake {

// Accounts are 32 bits wide in a trace, and each has four pots.
inline constexpr std::uint64_t kMaxTracedAddresses = std::uint64_t{1} << 30;

constexpr std::uint32_t AccountOf(AddressNum address, Pot pot) {
  return static_cast<std::uint32_t>(address.value << 2 | static_cast<std::uint64_t>(pot));
}
constexpr AddressNum AddressOf(std::uint32_t account) { return AddressNum{account >> 2}; }
constexpr Pot PotOf(std::uint32_t account) { return static_cast<Pot>(account & 3); }

// What an event moves: the ends of it that are accounts, and its sort. nullopt: it moves nothing,
// or moves within one account and pot.
struct Movement {
  std::uint32_t from = kNobody;
  std::uint32_t to = kNobody;
  AccountEventKind kind = AccountEventKind::kMove;
};
std::optional<Movement> MovementOf(const LedgerEvent& event);

// Not thread-safe; one trace's. `view` is borrowed.
class ViewAccounts final : public AccountEvents {
 public:
  // Text by which holdings are ordered; of an address.
  using NameOf = std::function<std::string(AddressNum)>;

  // kResourceExhausted: the index has more addresses than a trace can name.
  static absl::Status CheckFits(const AccountView& view);
  ViewAccounts(const AccountView& view, AssetNum asset, NameOf name_of)
      : view_(view), asset_(asset), name_of_(std::move(name_of)) {}

  absl::Status EventsOf(std::uint32_t account, std::uint64_t from, std::size_t limit,
                        AccountMeter& meter, std::vector<AccountEvent>* events) override;
  // Reads the whole history of an account at the first question about it; later ones, in whatever
  // order, at most a page (1,024 events of the account) where they go on from an earlier one, or
  // from a page's end.
  absl::StatusOr<AccountBalance> BalanceBefore(std::uint32_t account, std::uint64_t number,
                                               AccountMeter& meter) override;
  absl::StatusOr<std::string> SortKey(std::uint32_t account) override;

 private:
  // A place in an account's history.
  struct Place {
    std::uint64_t next = 0;  // events before it are in `received` and `sent`
    Uint128 received = 0;
    Uint128 sent = 0;
  };
  // What is known of an account's whole history. Kept as long as the trace, so that a hub that is
  // forgotten and reached again, or reached by every label, is not read again.
  struct Known {
    Uint128 opening = 0;
    Place last;                // of the last question
    std::vector<Place> pages;  // where each full page of it ended, ascending
    AccountBalance Balance() const { return {opening + last.received - last.sent, opening}; }
  };
  // EventsOf(), of events before `end`.
  absl::Status Read(std::uint32_t account, std::uint64_t from, std::uint64_t end, std::size_t limit,
                    AccountMeter& meter, std::vector<AccountEvent>* events);
  // Reads all there is; known->last is where `number` stands.
  absl::Status ReadHistory(std::uint32_t account, std::uint64_t number, AccountMeter& meter,
                           Known* known);
  // Moves `place` on to `number`.
  absl::Status Advance(std::uint32_t account, std::uint64_t number, AccountMeter& meter,
                       Place* place);
  absl::Status Add(std::uint32_t account, const AccountEvent& event, Place* place) const;
  absl::StatusOr<AccountEvent> EventAt(EventNum number, const Movement& movement,
                                       const Uint256& amount) const;

  const AccountView& view_;
  const AssetNum asset_;
  const NameOf name_of_;
  absl::flat_hash_map<std::uint32_t, Known> known_;
  std::vector<EventNum> numbers_;  // scratch
  std::vector<AccountEvent> events_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_VIEW_ACCOUNTS_H_
