// Sellers who hide where their money goes, and an adversary who wants clusters to be wrong.
#ifndef COINWAKE_TESTS_SUPPORT_ECONOMY_LAUNDERING_H_
#define COINWAKE_TESTS_SUPPORT_ECONOMY_LAUNDERING_H_

#include <cstdint>
#include <vector>

#include "tests/support/economy_chain.h"
#include "tests/support/economy_trade.h"

namespace coinwake::synthetic {

// As EconomyTrade. `trade` is borrowed as well.
class EconomyLaundering {
 public:
  EconomyLaundering(EconomyChain* chain, EconomyTrade* trade)
      : chain_(*chain), trade_(*trade), config_(chain->config()) {}

  bool Step();  // the next transaction of a job under way, or the first of another
  bool Joint();
  bool Dusting();

 private:
  // Money under way that its owner keeps apart from his wallet.
  struct Job {
    WalletId owner = 0;
    std::vector<Coin> coins;      // a peel chain has one, a fan several
    std::uint64_t hops_left = 0;  // of a peel chain; 0: a fan, to be gathered
  };

  bool Start();
  bool StartPeel(WalletId owner);
  bool StartFan(WalletId owner);
  bool Peel(Job* job);
  void FanIn(const Job& job);
  WalletId Participant(std::size_t number);

  EconomyWallets& wallets() { return chain_.wallets(); }
  Random& random() { return chain_.random(); }

  EconomyChain& chain_;
  EconomyTrade& trade_;
  const EconomyConfig& config_;
  std::vector<Job> jobs_;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_ECONOMY_LAUNDERING_H_
