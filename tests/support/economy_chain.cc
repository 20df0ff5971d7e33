#include "tests/support/economy_chain.h"

#include <algorithm>
#include <set>

#include "indexer/base/check.h"
#include "indexer/base/hex.h"

namespace coinwake::synthetic {
namespace {

constexpr std::uint32_t kCoinbaseMaturity = 100;    // consensus rule
constexpr std::size_t kBlockSizeLimit = 1'800'000;  // bytes, under the weight limit
constexpr std::uint64_t kOverhead = 11;  // virtual bytes of a transaction without inputs, outputs

template <typename T>
void Shuffle(Random& random, std::vector<T>* list) {
  for (std::size_t i = list->size(); i > 1; --i) {
    std::swap((*list)[i - 1], (*list)[random.Below(i)]);
  }
}

// Core makes change of the kind it pays to, so that the two look alike.
ScriptKind ChangeKindFor(ScriptKind payment) {
  switch (payment) {
    case ScriptKind::kTaproot:
      return ScriptKind::kTaproot;
    case ScriptKind::kWitnessKeyHash:
    case ScriptKind::kWitnessMultisig:
      return ScriptKind::kWitnessKeyHash;
    case ScriptKind::kNestedWitness:
    case ScriptKind::kScriptHashMultisig:
      return ScriptKind::kNestedWitness;
    default:
      return ScriptKind::kPubkeyHash;
  }
}

// BIP69: by txid as displayed, then by index.
bool Bip69Before(const Coin& a, const Coin& b) {
  if (a.txid == b.txid) return a.vout < b.vout;
  return std::lexicographical_compare(a.txid.bytes.rbegin(), a.txid.bytes.rend(),
                                      b.txid.bytes.rbegin(), b.txid.bytes.rend());
}

}  // namespace

std::uint64_t ValueOf(const std::vector<Coin>& coins) {
  std::uint64_t sum = 0;
  for (const Coin& coin : coins) sum += coin.value;
  return sum;
}

EconomyChain::EconomyChain(FileSystem& files, const ChainOptions& options,
                           const EconomyConfig& config)
    : files_(files),
      options_(options),
      config_(config),
      random_(options.seed * 0x9e3779b97f4a7c15 + 0x13198a2e03707344),
      wallets_(options.seed, config, &random_),
      writer_(files, options.folder, options.files),
      rate_((config.fee_rate.low + config.fee_rate.high) / 2) {}

// Puts coins in order, and in `vouts` the place among the outputs of each part.
void EconomyChain::OrderDraft(Draft* draft, OrderHabit order, std::vector<std::size_t>* vouts) {
  std::vector<std::size_t> parts(draft->parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = i;
  switch (order) {
    case OrderHabit::kAsMade:
      break;
    case OrderHabit::kShuffled:
      Shuffle(random_, &draft->coins);
      Shuffle(random_, &parts);
      break;
    case OrderHabit::kChangeLast:
      std::stable_sort(parts.begin(), parts.end(), [draft](std::size_t a, std::size_t b) {
        return draft->parts[a].is_change < draft->parts[b].is_change;
      });
      break;
    case OrderHabit::kBip69:
      std::sort(draft->coins.begin(), draft->coins.end(), Bip69Before);
      std::sort(parts.begin(), parts.end(), [this, draft](std::size_t a, std::size_t b) {
        const Part& left = draft->parts[a];
        const Part& right = draft->parts[b];
        if (left.value != right.value) return left.value < right.value;
        return wallets_.Script(left.script) < wallets_.Script(right.script);
      });
      break;
  }
  vouts->resize(parts.size());
  // An OP_RETURN has no value: BIP69 puts it first.
  const std::size_t first = order == OrderHabit::kBip69 && !draft->null_data.empty() ? 1 : 0;
  for (std::size_t i = 0; i < parts.size(); ++i) (*vouts)[parts[i]] = i + first;
}

Transaction EconomyChain::Assemble(const Draft& draft, const std::vector<std::size_t>& vouts) {
  constexpr std::uint8_t kSighashAll = 0x01;
  const Fingerprint& habits = wallets_.FingerprintOf(draft.maker);
  Transaction transaction;
  transaction.version = habits.version;
  if (habits.locktime == LocktimeHabit::kTip) {
    // Against fee sniping: not before the next block; one in ten a little earlier, for privacy.
    const std::uint64_t back = random_.OneIn(10) ? random_.Below(100) : 0;
    transaction.locktime = static_cast<std::uint32_t>(report_.height - back);
  }
  for (std::size_t i = 0; i < draft.coins.size(); ++i) {
    const std::uint8_t sighash = draft.sighashes.empty() ? kSighashAll : draft.sighashes[i];
    transaction.inputs.push_back(wallets_.Spend(draft.coins[i], sighash));
    transaction.inputs.back().sequence = habits.sequence;
  }
  transaction.outputs.resize(draft.parts.size() + (draft.null_data.empty() ? 0 : 1));
  for (std::size_t i = 0; i < draft.parts.size(); ++i) {
    transaction.outputs[vouts[i]] = {draft.parts[i].value, wallets_.Script(draft.parts[i].script)};
  }
  for (TxOutput& output : transaction.outputs) {
    if (output.script.empty()) output.script = NullData(draft.null_data);
  }
  return transaction;
}

std::vector<Coin> EconomyChain::Emit(Draft draft) {
  COINWAKE_CHECK(block_ != nullptr && !draft.coins.empty() && !draft.parts.empty());
  std::vector<std::size_t> vouts;
  // Signatures that differ belong to coins where they stand.
  COINWAKE_CHECK(draft.sighashes.empty() || draft.order == OrderHabit::kAsMade);
  OrderDraft(&draft, draft.order.value_or(wallets_.FingerprintOf(draft.maker).order), &vouts);
  const Transaction transaction = Assemble(draft, vouts);
  std::uint64_t left = ValueOf(draft.coins);
  for (const Part& part : draft.parts) {
    COINWAKE_CHECK(part.value <= left);
    left -= part.value;
  }
  fees_ += left;
  SerializedTransaction serialized = Serialize(transaction);
  std::vector<Coin> outputs;
  for (std::size_t i = 0; i < draft.parts.size(); ++i) {
    const Part& part = draft.parts[i];
    wallets_.SetPaid(part.script);
    outputs.push_back(
        {serialized.txid, static_cast<std::uint32_t>(vouts[i]), part.script, part.value});
    if (!part.is_held) wallets_.Give(outputs.back());
  }
  report_.inputs += transaction.inputs.size();
  report_.outputs += transaction.outputs.size();
  report_.unspent_outputs += draft.parts.size();
  report_.unspent_outputs -= draft.coins.size();
  if (!options_.truth_folder.empty() && status_.ok()) {
    status_ = WriteKind(draft, serialized.txid, vouts);
  }
  block_->Add(std::move(serialized));
  ++made_;
  return outputs;
}

ScriptId EconomyChain::ChangeScript(WalletId payer, const std::vector<Coin>& coins,
                                    const std::vector<Part>& parts) {
  const Fingerprint& habits = wallets_.FingerprintOf(payer);
  if (random_.Percent(habits.change_reuse_percent)) return coins.front().script;
  ScriptKind kind = habits.change;
  if (habits.change_as_payment) {
    kind = ChangeKindFor(wallets_.KindOf(parts[random_.Below(parts.size())].script));
  }
  return wallets_.NewScript(payer, kind);
}

std::uint64_t EconomyChain::FeeOf(WalletId maker, const std::vector<Coin>& coins,
                                  const std::vector<Part>& parts) {
  std::uint64_t size = kOverhead;
  for (const Coin& coin : coins) size += InputSize(wallets_.KindOf(coin.script));
  for (const Part& part : parts) size += OutputSize(wallets_.KindOf(part.script));
  const bool whole = wallets_.FingerprintOf(maker).fees == FeeHabit::kWholeRates;
  return size * rate_ + (whole ? 0 : random_.Below(size));
}

std::optional<std::vector<Coin>> EconomyChain::Pay(WalletId payer, std::string_view kind,
                                                   std::vector<Part> parts, PayOptions options) {
  std::uint64_t target = 0;
  for (const Part& part : parts) target += part.value;
  // One virtual byte more for each satoshi that FeeOf may add to the rate.
  const std::uint64_t rate = rate_ + 1;
  std::uint64_t size = kOverhead + OutputSize(ScriptKind::kTaproot);
  for (const Part& part : parts) size += OutputSize(wallets_.KindOf(part.script));
  Draft draft;
  draft.kind = kind;
  draft.maker = payer;
  draft.coins = wallets_.TakeFor(payer, target + size * rate, rate, options.most_coins);
  if (draft.coins.empty()) return std::nullopt;
  draft.parts = std::move(parts);
  const std::uint64_t sum = ValueOf(draft.coins);
  const std::uint64_t fee =
      FeeOf(payer, draft.coins, draft.parts) + OutputSize(ScriptKind::kTaproot) * rate_;
  COINWAKE_CHECK(target + fee <= sum);
  const std::uint64_t change = sum - target - fee;
  if (change > 4 * kDust) {
    const ScriptId script = options.change != kNoScript
                                ? options.change
                                : ChangeScript(payer, draft.coins, draft.parts);
    draft.parts.push_back({script, change, /*is_change=*/true});
  }
  return Emit(std::move(draft));
}

std::optional<Coin> EconomyChain::Gather(WalletId owner, std::string_view kind,
                                         std::vector<Coin> coins, Part to) {
  if (coins.empty()) return std::nullopt;
  const std::uint64_t sum = ValueOf(coins);
  const std::uint64_t fee = FeeOf(owner, coins, {to});
  if (sum < fee + 4 * kDust) {
    GiveBack(coins);
    return std::nullopt;
  }
  to.value = sum - fee;
  Draft draft;
  draft.kind = kind;
  draft.maker = owner;
  draft.coins = std::move(coins);
  draft.parts = {to};
  return Emit(std::move(draft)).front();
}

bool EconomyChain::Contribute(Draft* draft, WalletId who, std::uint64_t amount, std::size_t outputs,
                              std::size_t most_coins) {
  const std::uint64_t fixed =
      (kOverhead + (outputs + 1) * OutputSize(ScriptKind::kTaproot)) * rate_;
  const std::vector<Coin> coins = wallets_.TakeFor(who, amount + fixed, rate_, most_coins);
  if (coins.empty()) return false;
  std::uint64_t left = ValueOf(coins) - amount - fixed;
  for (const Coin& coin : coins) {
    left -= InputSize(wallets_.KindOf(coin.script)) * rate_;
    draft->coins.push_back(coin);
  }
  if (left > 4 * kDust) {
    const ScriptId script = wallets_.NewScript(who, wallets_.FingerprintOf(who).change);
    draft->parts.push_back({script, left, /*is_change=*/true});
  }
  return true;
}

void EconomyChain::GiveBack(const std::vector<Coin>& coins) {
  for (const Coin& coin : coins) wallets_.Give(coin);
}

absl::Status EconomyChain::WriteKind(const Draft& draft, const Hash256& txid,
                                     const std::vector<std::size_t>& vouts) {
  std::set<std::size_t> change;
  std::set<OwnerId> owners;
  for (std::size_t i = 0; i < draft.parts.size(); ++i) {
    if (draft.parts[i].is_change) change.insert(vouts[i]);
  }
  for (const Coin& coin : draft.coins) owners.insert(wallets_.OwnerOfScript(coin.script));
  std::string line = txid.ToDisplayHex() + "," + std::string(draft.kind) + ",";
  const auto append = [&line](const auto& numbers) {
    bool first = true;
    for (const auto number : numbers) {
      if (!first) line += ';';
      line += std::to_string(number);
      first = false;
    }
  };
  append(change);
  line += ',';
  append(owners);
  line += '\n';
  return kinds_.Add(line);
}

absl::Status EconomyChain::Begin() {
  if (!options_.truth_folder.empty()) {
    COINWAKE_RETURN_IF_ERROR(files_.CreateFolders(options_.truth_folder));
    COINWAKE_RETURN_IF_ERROR(
        kinds_.Open(files_, options_.truth_folder + "/kinds.csv", "txid,kind,change,owners\n"));
  }
  BuiltBlock genesis = RegtestGenesis();
  report_.tip = genesis.hash;
  report_.transactions = 1;
  report_.outputs = genesis.coinbase_outputs_count;
  return writer_.Append(std::move(genesis.bytes));
}

absl::Status EconomyChain::MineBlock(std::uint64_t transactions, WalletId miner,
                                     absl::FunctionRef<bool()> step) {
  constexpr std::uint32_t kStartTime = 1296688602;
  const std::uint64_t height = report_.height + 1;
  const auto time = static_cast<std::uint32_t>(kStartTime + 600 * height + random_.Below(300));
  block_ = std::make_unique<BlockBuilder>(report_.tip, static_cast<std::uint32_t>(height), time);
  while (!immature_.empty() && immature_.front().height + kCoinbaseMaturity <= height) {
    wallets_.Give(immature_.front().coin);
    immature_.pop_front();
  }
  fees_ = 0;
  const std::uint64_t wander = random_.Below(5);  // the market's rate, two up or down at most
  rate_ = std::clamp(rate_ + wander, config_.fee_rate.low + 2, config_.fee_rate.high + 2) - 2;
  while (block_->transactions_count() < transactions && block_->size_bytes() < kBlockSizeLimit &&
         made_ < options_.transactions) {
    if (!step()) break;  // the next blocks' coinbases bring money
  }
  COINWAKE_RETURN_IF_ERROR(status_);
  const ScriptId script = wallets_.ReceiveScript(miner);
  wallets_.SetPaid(script);
  const std::uint64_t reward = RegtestSubsidy(height) + fees_;
  BuiltBlock built = block_->Finish({{reward, wallets_.Script(script)}});
  immature_.push_back({height, {built.coinbase_txid, 0, script, reward}});
  report_.tip = built.hash;
  report_.height = height;
  report_.transactions += block_->transactions_count() + 1;
  report_.outputs += built.coinbase_outputs_count;
  ++report_.unspent_outputs;
  report_.unspent_value += RegtestSubsidy(height);
  return writer_.Append(std::move(built.bytes));
}

absl::Status EconomyChain::WriteOwners() {
  LineFile owners;
  COINWAKE_RETURN_IF_ERROR(
      owners.Open(files_, options_.truth_folder + "/owners.csv", "script,owner,kind,wallet\n"));
  for (ScriptId script = 0; script < wallets_.scripts_count(); ++script) {
    if (!wallets_.IsPaid(script)) continue;
    const WalletId wallet = wallets_.WalletOf(script);
    COINWAKE_RETURN_IF_ERROR(owners.Add(
        HexEncode(wallets_.Script(script)) + "," + std::to_string(wallets_.OwnerOf(wallet)) + "," +
        std::string(GroupOwnerKind(wallets_.GroupOf(wallet))) + "," +
        std::string(wallets_.FingerprintOf(wallet).name) + "\n"));
  }
  return owners.Flush();
}

absl::StatusOr<ChainReport> EconomyChain::Finish() {
  COINWAKE_RETURN_IF_ERROR(writer_.Finish());
  for (ScriptId script = 0; script < wallets_.scripts_count(); ++script) {
    if (wallets_.IsPaid(script)) ++report_.scripts;
  }
  if (!options_.truth_folder.empty()) {
    COINWAKE_RETURN_IF_ERROR(kinds_.Flush());
    COINWAKE_RETURN_IF_ERROR(WriteOwners());
  }
  report_.blocks = report_.height + 1;
  report_.bytes = writer_.written_bytes();
  return report_;
}

}  // namespace coinwake::synthetic
