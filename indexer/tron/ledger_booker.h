// The making of one transaction's entries (ledger.h). Internal to this folder's .cc files:
// ledger.cc is the frame, ledger_contracts.cc has the contracts, ledger_trades.cc those about
// tokens' issue and trade, ledger_vm.cc internal transactions and logs.
#ifndef COINWAKE_INDEXER_TRON_LEDGER_BOOKER_H_
#define COINWAKE_INDEXER_TRON_LEDGER_BOOKER_H_

#include <concepts>
#include <string_view>
#include <variant>

#include "indexer/tron/event.h"
#include "indexer/tron/ledger.h"

namespace coinwake::tron {

template <typename T, typename... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

// Contracts that move nothing but their fee and are no fact the ledger tells.
template <typename T>
concept QuietContract =
    OneOf<T, std::monostate, AccountUpdateContract, SetAccountIdContract, UpdateAssetContract,
          VoteAssetContract, VoteWitnessContract, WitnessCreateContract, WitnessUpdateContract,
          UpdateBrokerageContract, ProposalCreateContract, ProposalApproveContract,
          ProposalDeleteContract, ClearAbiContract, UpdateSettingContract,
          UpdateEnergyLimitContract>;

class Booker {
 public:
  // Everything is borrowed for the life of the booker. `receipt` may be nullptr.
  Booker(const BlockContext& block, const Transaction& transaction, const Receipt* receipt,
         TokenRegistry* registry, Booking* booking)
      : block_(block),
        transaction_(transaction),
        receipt_(receipt),
        registry_(registry),
        booking_(booking) {}

  void BookGenesis();
  void BookKnown(bool succeeded);
  void BookUnknownSuccess();

 private:
  const Account& owner() const { return transaction_.contracts.front().owner; }
  std::vector<Entry>& entries() { return booking_->entries; }
  LedgerCounts& counts() { return booking_->counts; }

  // Appends an entry. The reference lives until the next one.
  Entry& Add(EntryKind kind, Asset asset, const Account& from, const Account& to);
  // Moves an amount that came as a signed number: one below zero is a gap instead.
  void Move(EntryKind kind, Asset asset, const Account& from, const Account& to,
            std::int64_t amount);
  void MoveIfAny(EntryKind kind, Asset asset, const Account& from, const Account& to,
                 std::int64_t amount) {
    if (amount != 0) Move(kind, std::move(asset), from, to, amount);
  }
  // TRX of `owner` into a pot, or out of one to `to`.
  void Freeze(const Account& owner, Pot pot, Resource resource, std::int64_t amount_sun);
  void Unfreeze(const Account& owner, Pot pot, Resource resource, const Account& to,
                std::int64_t amount_sun);
  void Delegation(EntryKind kind, const Account& owner, const Account& receiver, Resource resource,
                  std::int64_t amount_sun);
  void Gap(GapReason reason, Asset asset, const Account& from, const Account& to = {});
  void Change(RegistryChange change);

  void BookFee();
  void CountMalformed();

  // ledger_contracts.cc
  void BookContract();
  void Book(const AccountCreateContract& create);
  void Book(const AccountPermissionUpdateContract& update);
  void Book(const TransferContract& transfer);
  void Book(const TransferAssetContract& transfer);
  void Book(const FreezeBalanceContract& freeze);
  void Book(const UnfreezeBalanceContract& unfreeze);
  void Book(const FreezeBalanceV2Contract& freeze);
  void Book(const UnfreezeBalanceV2Contract& unfreeze);
  void Book(const DelegateResourceContract& delegate);
  void Book(const UnDelegateResourceContract& undelegate);
  void Book(const WithdrawExpireUnfreezeContract& withdraw);
  void Book(const CancelAllUnfreezeV2Contract& cancel);
  void Book(const WithdrawBalanceContract& withdraw);
  void Book(const CreateSmartContract& create);
  void Book(const TriggerSmartContract& call);
  void Book(const ShieldedTransferContract& transfer);
  template <QuietContract T>
  void Book(const T& /*quiet*/) {}
  void BookCallValues(const Account& to, std::int64_t value_sun, std::int64_t token_value,
                      std::int64_t token_id);

  // ledger_trades.cc
  void Book(const AssetIssueContract& issue);
  void Book(const UnfreezeAssetContract& unfreeze);
  void Book(const ParticipateAssetIssueContract& sale);
  void Book(const ExchangeCreateContract& create);
  void Book(const ExchangeInjectContract& inject);
  void Book(const ExchangeWithdrawContract& withdraw);
  void Book(const ExchangeTransactionContract& trade);
  void Book(const MarketSellAssetContract& sell);
  void Book(const MarketCancelOrderContract& cancel);
  // How a side of a trade is called in the registry, and what it is.
  TokenName SideOf(const TokenName& text) const;
  static Asset AssetOfSide(const TokenName& side);
  // The side of an exchange that the contract does not name, moved by what the receipt says of it.
  void MoveOtherSide(std::int64_t exchange_id, const TokenName& token, bool to_pool,
                     std::int64_t amount);
  // One fill of the owner's order. Returns what is left of `left`.
  std::int64_t BookFill(const MarketOrderDetail& fill, const Asset& sold, const Asset& bought,
                        const Account& escrow, std::int64_t left);
  std::int64_t Reduced(std::int64_t left, std::int64_t by);

  // ledger_vm.cc
  void BookInternals();
  void BookInternal(const InternalTransaction& call, const InternalTransaction* next);
  bool BookStake(const InternalTransaction& call, std::string_view note);
  void BookSelfDestruct(const InternalTransaction& call, const InternalTransaction* next);
  void BookCall(const InternalTransaction& call);
  bool WasCreatedHere(const Account& contract) const;
  void BookLogs();
  void BookLog(const Log& log);
  void BookTokenTransfer(const Log& log, const Event& event);

  const BlockContext& block_;
  const Transaction& transaction_;
  const Receipt* receipt_;
  TokenRegistry* registry_;
  Booking* booking_;
};

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_LEDGER_BOOKER_H_
