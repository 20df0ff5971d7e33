// CoinJoins and mixers of an invented economy, by the templates of the protocols, with the owner of
// every coin known: Whirlpool (Tx0 and mixes), Wasabi 1 and 2, JoinMarket, Stonewall, ChipMixer.
#ifndef COINWAKE_TESTS_SUPPORT_ECONOMY_MIXES_H_
#define COINWAKE_TESTS_SUPPORT_ECONOMY_MIXES_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "tests/support/economy_chain.h"
#include "tests/support/economy_trade.h"

namespace coinwake::synthetic {

// As EconomyTrade. `trade` is borrowed as well.
class EconomyMixes {
 public:
  EconomyMixes(EconomyChain* chain, EconomyTrade* trade)
      : chain_(*chain), trade_(*trade), config_(chain->config()) {}

  void Found();  // the operators

  bool WhirlpoolTx0();
  bool WhirlpoolMix();
  bool Wasabi1();
  bool Wasabi2();
  bool JoinMarket();
  bool Stonewall();
  bool ChipMixer();

 private:
  struct Pool {
    std::vector<Coin> premix;   // from a Tx0, to be mixed for the first time
    std::vector<Coin> postmix;  // mixed, waiting to be mixed again
  };
  struct Credit {
    WalletId customer = 0;
    std::uint64_t value = 0;
  };
  // Takes coins out of `from` at random, of owners not yet among those of `mixed`.
  void TakeStrangers(std::size_t count, std::vector<Coin>* from, std::vector<Coin>* mixed);
  void AddWasabi2Outputs(WalletId person, std::uint64_t value, std::vector<Part>* parts);
  std::optional<WalletId> AnotherMixer(WalletStyle style, const std::vector<WalletId>& joined);
  bool ChipDeposit();
  bool ChipCreation();
  void HandOutChips();

  EconomyWallets& wallets() { return chain_.wallets(); }
  Random& random() { return chain_.random(); }

  EconomyChain& chain_;
  EconomyTrade& trade_;
  const EconomyConfig& config_;
  std::vector<Pool> pools_;
  std::vector<Coin> chips_;  // made, not yet handed out
  std::deque<Credit> credits_;
  WalletId whirlpool_ = 0;
  WalletId wasabi_ = 0;
  WalletId chip_mixer_ = 0;
  ScriptId wasabi_fees_ = kNoScript;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_ECONOMY_MIXES_H_
