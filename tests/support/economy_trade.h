// Payments of an invented economy: people, merchants, exchanges, mining pools, custodians; and what
// several of them sign together in the open.
#ifndef COINWAKE_TESTS_SUPPORT_ECONOMY_TRADE_H_
#define COINWAKE_TESTS_SUPPORT_ECONOMY_TRADE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tests/support/economy_chain.h"

namespace coinwake::synthetic {

// Each deed makes a transaction and returns true, or does nothing and returns false where those it
// met have not the means. `chain` is borrowed.
class EconomyTrade {
 public:
  explicit EconomyTrade(EconomyChain* chain) : chain_(*chain), config_(chain->config()) {}

  // The first owners; then more, now and then.
  void Found();
  void Grow();
  WalletId Miner() { return wallets().Pick(Group::kMiner); }

  bool Payment();
  bool Deposit();
  bool Sweep();
  bool Withdrawal();
  bool PoolPayout();
  bool Consolidation();
  bool PayJoin();
  bool Sale();
  bool Crowdfund();
  bool SharedCustody();

  // What `payer` would pay now, in satoshi; 0: nothing.
  std::uint64_t Amount(WalletId payer);
  // A script at which somebody is paid by `payer`.
  ScriptId Payee(WalletId payer);
  // The customer's deposit address at the exchange it uses.
  ScriptId DepositOf(WalletId customer);

 private:
  struct Exchange {
    WalletId deposits = 0;
    WalletId hot = 0;
    std::vector<ScriptId> hot_scripts;
  };

  EconomyWallets& wallets() { return chain_.wallets(); }
  Random& random() { return chain_.random(); }
  WalletStyle StyleBy(const std::array<std::uint32_t, kWalletStyles>& shares);
  void NewPerson(WalletStyle style);
  std::optional<WalletId> Payer();
  ScriptId HotScript(const Exchange& exchange);

  EconomyChain& chain_;
  const EconomyConfig& config_;
  std::vector<Exchange> exchanges_;
};

// An index by shares. REQUIRES: some share is not 0.
std::size_t RollShares(const std::uint32_t* shares, std::size_t count, Random* random);

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_ECONOMY_TRADE_H_
