// Turns what wallets of an invented economy decide into transactions, blocks and the truth about
// them.
#ifndef COINWAKE_TESTS_SUPPORT_ECONOMY_CHAIN_H_
#define COINWAKE_TESTS_SUPPORT_ECONOMY_CHAIN_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "tests/support/block_builder.h"
#include "tests/support/chain_generator.h"
#include "tests/support/economy_config.h"
#include "tests/support/economy_wallets.h"
#include "tests/support/line_file.h"

namespace coinwake::synthetic {

inline constexpr std::uint64_t kDust = 546;               // satoshi; nodes relay no less
inline constexpr std::uint64_t kSmallestPayment = 5'000;  // satoshi

// An output before its bytes.
struct Part {
  ScriptId script = kNoScript;
  std::uint64_t value = 0;  // satoshi
  bool is_change = false;   // as its maker meant it
  bool is_held = false;     // the coin does not go to its wallet: who made the transaction keeps it
};

// A transaction before its bytes. What the coins are worth more than the parts is its fee.
struct Draft {
  std::string_view kind;
  WalletId maker = 0;  // whose software made it
  std::vector<Coin> coins;
  std::vector<std::uint8_t> sighashes;  // of each coin; empty: all ALL
  std::vector<Part> parts;
  std::optional<OrderHabit> order;  // else the maker's
  Bytes null_data;                  // of an OP_RETURN output, where not empty
};

std::uint64_t ValueOf(const std::vector<Coin>& coins);

// Not thread-safe.
class EconomyChain {
 public:
  // `files`, `options` and `config` are borrowed.
  EconomyChain(FileSystem& files, const ChainOptions& options, const EconomyConfig& config);

  const EconomyConfig& config() const { return config_; }
  Random& random() { return random_; }
  EconomyWallets& wallets() { return wallets_; }
  std::uint64_t rate() const { return rate_; }  // satoshi a virtual byte, at present
  std::uint64_t made() const { return made_; }
  const ChainReport& report() const { return report_; }
  std::uint64_t Roll(Range range) { return random_.Between(range.low, range.high); }

  // Adds the transaction to the block in work, gives its outputs to their wallets, and returns them
  // all, in the order of the draft's parts. REQUIRES: a block is in work; the coins pay for the
  // parts.
  std::vector<Coin> Emit(Draft draft);

  struct PayOptions {
    std::size_t most_coins = 60;
    ScriptId change = kNoScript;  // else by the wallet's habit
  };
  // Pays `parts` from the wallet, with change where it is worth it. The coins as Emit; nullopt, and
  // nothing happened, where the wallet cannot.
  std::optional<std::vector<Coin>> Pay(WalletId payer, std::string_view kind,
                                       std::vector<Part> parts, PayOptions options);
  std::optional<std::vector<Coin>> Pay(WalletId payer, std::string_view kind,
                                       std::vector<Part> parts) {
    return Pay(payer, kind, std::move(parts), PayOptions());
  }
  // All of `coins` to one script, or nothing where the fee would eat them: then they go back.
  std::optional<Coin> Gather(WalletId owner, std::string_view kind, std::vector<Coin> coins,
                             Part to);
  // Adds a party to a transaction of several: coins of the wallet worth `amount` and the fee of
  // themselves and of `outputs` outputs, and its change. False, and nothing happened, where it
  // cannot.
  bool Contribute(Draft* draft, WalletId who, std::uint64_t amount, std::size_t outputs,
                  std::size_t most_coins);
  // Fee of a transaction that spends `coins` and pays `parts`, by the maker's habit.
  std::uint64_t FeeOf(WalletId maker, const std::vector<Coin>& coins,
                      const std::vector<Part>& parts);
  void GiveBack(const std::vector<Coin>& coins);

  absl::Status Begin();  // the genesis block, the truth's files
  // Mines a block of up to so many transactions by calling `step`, which returns false when nobody
  // can do anything.
  absl::Status MineBlock(std::uint64_t transactions, WalletId miner,
                         absl::FunctionRef<bool()> step);
  absl::StatusOr<ChainReport> Finish();

 private:
  struct Immature {
    std::uint64_t height;
    Coin coin;
  };

  void OrderDraft(Draft* draft, OrderHabit order, std::vector<std::size_t>* vouts);
  Transaction Assemble(const Draft& draft, const std::vector<std::size_t>& vouts);
  ScriptId ChangeScript(WalletId payer, const std::vector<Coin>& coins,
                        const std::vector<Part>& parts);
  absl::Status WriteKind(const Draft& draft, const Hash256& txid,
                         const std::vector<std::size_t>& vouts);
  absl::Status WriteOwners();

  FileSystem& files_;
  const ChainOptions& options_;
  const EconomyConfig& config_;
  Random random_;
  EconomyWallets wallets_;
  BlockFolderWriter writer_;
  LineFile kinds_;
  ChainReport report_;
  absl::Status status_;  // of the truth's file: the first that was not OK
  std::unique_ptr<BlockBuilder> block_;
  std::uint64_t rate_;
  std::uint64_t made_ = 0;
  std::uint64_t fees_ = 0;  // of the block in work
  std::deque<Immature> immature_;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_ECONOMY_CHAIN_H_
