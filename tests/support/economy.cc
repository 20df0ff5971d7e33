#include "tests/support/economy.h"

#include <algorithm>

#include "tests/support/economy_chain.h"
#include "tests/support/economy_laundering.h"
#include "tests/support/economy_mixes.h"
#include "tests/support/economy_trade.h"

namespace coinwake::synthetic {
namespace {

constexpr std::uint32_t kEmptyBlocks = 110;  // mined before the first payment
// Blocks share the transactions between them: enough of them for locktimes and ages to differ.
constexpr std::uint64_t kBlocks = 300;

class Economy {
 public:
  Economy(FileSystem& files, const ChainOptions& options, const EconomyConfig& config)
      : options_(options),
        config_(config),
        chain_(files, options, config),
        trade_(&chain_),
        mixes_(&chain_, &trade_),
        laundering_(&chain_, &trade_) {}

  absl::StatusOr<ChainReport> Run() {
    COINWAKE_RETURN_IF_ERROR(chain_.Begin());
    trade_.Found();
    mixes_.Found();
    for (std::uint32_t i = 0; i < kEmptyBlocks; ++i) COINWAKE_RETURN_IF_ERROR(Mine(0));
    const std::uint64_t a_block =
        std::clamp<std::uint64_t>(options_.transactions / kBlocks, 10, 2'500);
    while (chain_.made() < options_.transactions) COINWAKE_RETURN_IF_ERROR(Mine(a_block));
    return chain_.Finish();
  }

 private:
  absl::Status Mine(std::uint64_t transactions) {
    return chain_.MineBlock(transactions, trade_.Miner(), [this] { return Step(); });
  }

  bool Step() {
    trade_.Grow();
    const auto deed =
        static_cast<Deed>(RollShares(config_.deeds.data(), config_.deeds.size(), &chain_.random()));
    return Do(deed) || trade_.Payment() || trade_.PoolPayout();
  }

  bool Do(Deed deed) {
    switch (deed) {
      case Deed::kPayment:
        return trade_.Payment();
      case Deed::kDeposit:
        return trade_.Deposit();
      case Deed::kSweep:
        return trade_.Sweep();
      case Deed::kWithdrawal:
        return trade_.Withdrawal();
      case Deed::kPoolPayout:
        return trade_.PoolPayout();
      case Deed::kConsolidation:
        return trade_.Consolidation();
      case Deed::kLaundering:
        return laundering_.Step();
      case Deed::kWhirlpoolTx0:
        return mixes_.WhirlpoolTx0();
      case Deed::kWhirlpoolMix:
        return mixes_.WhirlpoolMix();
      case Deed::kWasabi1:
        return mixes_.Wasabi1();
      case Deed::kWasabi2:
        return mixes_.Wasabi2();
      case Deed::kJoinMarket:
        return mixes_.JoinMarket();
      case Deed::kStonewall:
        return mixes_.Stonewall();
      case Deed::kChipMixer:
        return mixes_.ChipMixer();
      case Deed::kPayJoin:
        return trade_.PayJoin();
      case Deed::kSale:
        return trade_.Sale();
      case Deed::kCrowdfund:
        return trade_.Crowdfund();
      case Deed::kSharedCustody:
        return trade_.SharedCustody();
      case Deed::kJoint:
        return laundering_.Joint();
      case Deed::kDusting:
        return laundering_.Dusting();
    }
    return false;
  }

  const ChainOptions& options_;
  const EconomyConfig& config_;
  EconomyChain chain_;
  EconomyTrade trade_;
  EconomyMixes mixes_;
  EconomyLaundering laundering_;
};

}  // namespace

absl::StatusOr<ChainReport> GenerateEconomy(FileSystem& files, const ChainOptions& options,
                                            const EconomyConfig& config) {
  Economy economy(files, options, config);
  return economy.Run();
}

}  // namespace coinwake::synthetic
