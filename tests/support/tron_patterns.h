// Plants laundering patterns in a Tron chain under way, among whatever else happens there.
//
// Each pattern has accounts of its own, invented and fresh, and is made of transfers of one token
// by the sizes of ALGORITHMS.md 6.2, passed by a little: who looks for it has to find it at its
// subject. Blocks are closed as time goes on.
#ifndef COINWAKE_TESTS_SUPPORT_TRON_PATTERNS_H_
#define COINWAKE_TESTS_SUPPORT_TRON_PATTERNS_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "tests/support/tron_chain_builder.h"

namespace coinwake::synthetic {

class TronPatterns {
 public:
  // `chain` is borrowed. `token` has six decimals, and its owner mints what is needed; `sponsor`
  // has TRX for the accounts to be opened. `meanwhile` may be empty: called whenever time goes on,
  // for others to act and to close a block.
  TronPatterns(TronChainBuilder* chain, AssetId token, const Address& sponsor, std::uint64_t seed,
               std::function<void()> meanwhile = {})
      : chain_(*chain),
        token_(token),
        sponsor_(sponsor),
        seed_(seed),
        meanwhile_(std::move(meanwhile)) {}

  // Each returns its subject.
  Address FanIn();
  Address FanOut();
  Address GatherScatter();
  Address ScatterGather();
  Address RoundTrip();
  Address PeelChain();
  Address Structuring();
  Address PassThrough();
  Address NestedService(const Address& deposit);  // of a service
  Address DormantBurst();                         // 200 days pass

 private:
  static constexpr std::int64_t kUnits = 1'000'000;  // of the token

  Address NewAccount();               // open, and able to pay
  Address NewRich(std::int64_t usd);  // which was given so many whole tokens
  void Pay(const Address& from, const Address& to, std::int64_t usd);
  void Pass(std::int64_t seconds);

  TronChainBuilder& chain_;
  const AssetId token_;
  const Address sponsor_;
  const std::uint64_t seed_;
  const std::function<void()> meanwhile_;
  std::uint64_t accounts_ = 0;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_TRON_PATTERNS_H_
