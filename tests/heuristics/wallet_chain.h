// A chain whose wallets give their change away, so that a model of change can be fitted from it.
#ifndef COINWAKE_TESTS_HEURISTICS_WALLET_CHAIN_H_
#define COINWAKE_TESTS_HEURISTICS_WALLET_CHAIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/index_builder.h"

namespace coinwake::test {

// A P2WPKH-shaped output, for another type than that of names.
SimpleOutput SegwitOutput(const std::string& name, std::uint64_t value);

// Three of ten coins are paid. What tells the change:
enum class PaymentLook {
  kClear,       // it alone is odd and of the input's type
  kOdd,         // it alone is odd
  kMisleading,  // it alone is round
};
// Change comes last where `nonce` is even; it also makes the odd value differ.
SimpleTransaction PayThreeCoins(const std::string& name, const SimpleInput& coin, PaymentLook look,
                                const SimpleOutput& paid, const std::string& change,
                                std::uint32_t nonce);

// Spends all of `coins` to `to`, with the sequence class that a wallet sets.
SimpleTransaction SpendAll(const std::string& name, const std::vector<SimpleInput>& coins,
                           const std::string& to,
                           SequenceClass sequence = SequenceClass::kReplaceable);

// Wallet i holds two coins at "payer i" and pays in "pay i", with change to "change i", which it
// later spends beside the other coin, in "merge i": every payment's change is known. In one of 32
// the look misleads, in one of ten others it is kOdd. The receivers of clear payments spend as the
// payers do, or otherwise, or not yet.
class WalletChain {
 public:
  explicit WalletChain(std::uint32_t wallets);

  IndexBuilder& builder() { return builder_; }
  static PaymentLook LookOf(std::uint32_t wallet);
  // How many payments mislead.
  static std::uint32_t MisleadingOf(std::uint32_t wallets);

 private:
  IndexBuilder builder_;
};

}  // namespace coinwake::test

#endif  // COINWAKE_TESTS_HEURISTICS_WALLET_CHAIN_H_
