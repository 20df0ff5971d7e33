// Who pays whom on a synthetic Tron chain. See tron_generator.h for what it models.
#ifndef COINWAKE_TESTS_SUPPORT_TRON_ECONOMY_H_
#define COINWAKE_TESTS_SUPPORT_TRON_ECONOMY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tests/support/synthetic_scripts.h"
#include "tests/support/tron_accounts.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake::synthetic {

struct TronEconomyOptions {
  std::uint64_t seed = 1;
  std::uint64_t transfers = 0;           // how many there will be
  std::uint64_t block_transactions = 0;  // about so many in each block
  bool tether_address = false;
  bool keep_moves = false;
};

// Not thread-safe.
class TronEconomy {
 public:
  explicit TronEconomy(const TronEconomyOptions& options);

  // One block's worth of it; the block is closed. The first one founds everything.
  void MakeBlock();
  // What moved so far, but for fees, stakes, rewards and opening balances.
  std::uint64_t transfers_count() const;

  TronChainBuilder& chain() { return *chain_; }
  const TronAccounts& accounts() const { return accounts_; }
  AssetId usdt() const { return usdt_; }

 private:
  enum class TaskKind : std::uint8_t {
    kFund,         // an exchange lets a deposit account pay for its sweep
    kSweep,        // deposit -> hot wallet, all of it
    kSweepStaked,  // the same with energy the gas wallet lent
    kSweepTrx,
    kGiveBack,  // energy that was lent to the account, by `other`
    kLayer,     // a seller's account passes its money on; `amount` is how often still
    kLaunder,   // a seller's main account begins to
    kPoison,    // look-alike `other` makes itself known to the account
    kWithdrawUnfrozen,
  };
  struct Task {
    TaskKind kind = TaskKind::kFund;
    AccountId account = kNoAccount;
    AccountId other = kNoAccount;
    std::int64_t amount = 0;
  };
  struct Exchange {
    TronOwnerId owner = 0;
    AccountId hot = kNoAccount;
    AccountId gas = kNoAccount;
  };
  static constexpr std::size_t kCalendarBlocks = 1024;
  static constexpr std::size_t kExchanges = 2;

  // tron_economy.cc
  void FoundOwners(std::vector<OpeningBalance>* opening);
  void FoundContracts();
  void Milestones();
  void Step();
  void Join(TronOwnerKind kind);
  void TopUp(AccountId account);
  void UsdtPayment();
  void TrxPayment();
  void Withdraw();
  void CashOut(TronOwnerId owner);
  void Swap();
  void OtherCall();
  void Stake();
  void AirDrop();
  void FailedCall();
  void MintOrRedeem();

  // tron_economy_tasks.cc
  void RunDue();
  void Run(const Task& task);
  void Schedule(const Task& task, std::uint64_t least, std::uint64_t most);
  bool SendUsdt(AccountId from, AccountId to, std::int64_t amount);
  bool SendTrx(AccountId from, AccountId to, std::int64_t sun);
  void Arrived(AccountId from, AccountId to, bool is_trx);
  void Fund(AccountId deposit);
  void Sweep(AccountId deposit, bool is_staked);
  void SweepTrx(AccountId deposit);
  void Launder(AccountId main);
  void Layer(AccountId account, std::int64_t hops);
  void Poison(AccountId victim, AccountId look_alike);

  Address At(AccountId account) const { return accounts_.AddressOf(account); }
  std::int64_t TrxOf(AccountId account) const { return chain_->truth().TrxOf(At(account)); }
  std::int64_t UsdtOf(AccountId account) const;
  const Exchange& ExchangeOf(TronOwnerId owner) const;
  const Exchange& AnyExchange() { return exchanges_[random_.Below(kExchanges)]; }
  TronOwnerId Pick(TronOwnerKind kind);
  AccountId PickMain(TronOwnerKind kind) { return accounts_.MainOf(Pick(kind)); }
  AccountId Deposit(TronOwnerId customer);
  TxOptions SomeOptions();
  std::int64_t SomeUsdt();

  TronEconomyOptions options_;
  Random random_;
  TronAccounts accounts_;
  std::optional<TronChainBuilder> chain_;

  std::array<Exchange, kExchanges> exchanges_;
  AccountId rental_ = kNoAccount;
  AccountId issuer_ = kNoAccount;
  AccountId poisoner_ = kNoAccount;
  AccountId airdropper_ = kNoAccount;
  std::vector<AccountId> witnesses_;
  absl::flat_hash_map<AccountId, AccountId> look_alikes_;  // of whom -> whose

  AssetId usdt_ = kTrx;
  AssetId fake_ = kTrx;
  AssetId trc10_ = kTrx;
  Address router_;
  Address pool_;
  Address game_;
  Address poison_contract_;

  TronOwnerId listed_seller_ = 0;  // whose money will be destroyed
  int milestone_ = 0;
  std::uint64_t longest_delay_ = 4;  // blocks
  std::vector<std::vector<Task>> calendar_;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_TRON_ECONOMY_H_
