#include "tests/heuristics/wallet_chain.h"

#include <algorithm>
#include <utility>

namespace coinwake::test {
namespace {

constexpr std::uint32_t kWalletsOfABlock = 25;
constexpr std::uint64_t kHeld = 10 * kCoin;

std::string Name(const char* what, std::uint32_t wallet) {
  return std::string(what) + " " + std::to_string(wallet);
}

}  // namespace

SimpleOutput SegwitOutput(const std::string& name, std::uint64_t value) {
  std::vector<std::uint8_t> script = ScriptOfName(name);  // a hash from its fourth byte on
  script.erase(script.end() - 2, script.end());
  script.erase(script.begin());
  script[0] = 0x00;
  script[1] = 0x14;
  return {"", value, std::move(script), ScriptType::kWitnessV0KeyHash};
}

SimpleTransaction PayThreeCoins(const std::string& name, const SimpleInput& coin, PaymentLook look,
                                const SimpleOutput& paid, const std::string& change,
                                std::uint32_t nonce) {
  const std::uint64_t odd = 2'345 + nonce % 500;  // never a whole thousand
  SimpleTransaction tx;
  tx.name = name;
  tx.inputs = {coin};
  tx.inputs[0].flags.sequence_class = SequenceClass::kReplaceable;
  SimpleOutput to = paid;
  to.value = look == PaymentLook::kMisleading ? 3 * kCoin - odd : 3 * kCoin;
  const SimpleOutput back = {
      change, look == PaymentLook::kMisleading ? kHeld - 3 * kCoin : kHeld - 3 * kCoin - odd};
  tx.outputs = nonce % 2 == 0 ? std::vector{to, back} : std::vector{back, to};
  return tx;
}

SimpleTransaction SpendAll(const std::string& name, const std::vector<SimpleInput>& coins,
                           const std::string& to, SequenceClass sequence) {
  SimpleTransaction tx;
  tx.name = name;
  tx.inputs = coins;
  for (SimpleInput& input : tx.inputs) input.flags.sequence_class = sequence;
  tx.outputs = {{to, 1000}};
  return tx;
}

PaymentLook WalletChain::LookOf(std::uint32_t wallet) {
  if (wallet % 32 == 7) return PaymentLook::kMisleading;
  return wallet % 10 == 3 ? PaymentLook::kOdd : PaymentLook::kClear;
}

std::uint32_t WalletChain::MisleadingOf(std::uint32_t wallets) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < wallets; ++i) {
    if (LookOf(i) == PaymentLook::kMisleading) ++count;
  }
  return count;
}

WalletChain::WalletChain(std::uint32_t wallets) {
  for (std::uint32_t first = 0; first < wallets; first += kWalletsOfABlock) {
    const std::uint32_t end = std::min(first + kWalletsOfABlock, wallets);
    SimpleTransaction mint;
    mint.name = Name("mint", first);
    std::vector<SimpleTransaction> pays = {{}};
    std::vector<SimpleTransaction> spends = {{}};
    for (std::uint32_t i = first; i < end; ++i) {
      const std::uint32_t coin = 2 * (i - first);
      mint.outputs.push_back({Name("payer", i), kHeld});
      mint.outputs.push_back({Name("payer", i), kHeld});
      const PaymentLook look = LookOf(i);
      const bool is_clear = look == PaymentLook::kClear;
      pays.push_back(
          PayThreeCoins(Name("pay", i), Spend(mint.name, coin), look,
                        is_clear ? SegwitOutput(Name("paid", i), 0) : SimpleOutput{Name("paid", i)},
                        Name("change", i), i));
      spends.push_back(SpendAll(Name("merge", i),
                                {Spend(Name("pay", i), 1 - i % 2), Spend(mint.name, coin + 1)},
                                Name("sink", i)));
      if (!is_clear || i % 4 == 3) continue;
      spends.push_back(SpendAll(Name("shop", i), {Spend(Name("pay", i), i % 2)}, Name("till", i),
                                i % 4 == 2 ? SequenceClass::kFinal : SequenceClass::kReplaceable));
    }
    builder_.AddBlock({mint});
    builder_.AddBlock(pays);
    builder_.AddBlock(spends);
  }
}

}  // namespace coinwake::test
