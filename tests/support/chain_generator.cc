#include "tests/support/chain_generator.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/base/hex.h"
#include "tests/support/line_file.h"
#include "tests/support/synthetic_wallets.h"

namespace coinwake::synthetic {
namespace {

constexpr std::uint32_t kCoinbaseMaturity = 100;  // consensus rule
constexpr std::uint32_t kEmptyBlocks = 110;       // mined before the first payment
constexpr std::uint64_t kSmallestSum = 20'000;    // satoshi; poorer wallets put coins together
constexpr std::uint64_t kSmallestSplit = 4'000;   // satoshi; less is not split into two outputs

class Generator {
 public:
  Generator(FileSystem& files, const ChainOptions& options)
      : files_(files),
        options_(options),
        random_(options.seed * 0x9e3779b97f4a7c15 + 0x243f6a8885a308d3),
        wallets_(options.seed, &random_),
        writer_(files, options.folder, options.files) {}

  absl::StatusOr<ChainReport> Run();

 private:
  struct Payment {
    ScriptId script = kNoScript;
    std::uint64_t value = 0;
  };
  // A transaction before its bytes: what it spends and pays; the rest of the money is the fee.
  struct Draft {
    std::string_view kind;
    std::vector<Coin> coins;
    std::vector<Payment> payments;
    bool null_data = false;
  };

  void FoundOwners();
  void GrowPopulation();
  OwnerId Payee(OwnerId payer, ScriptId* script);
  std::uint64_t FewInputs();
  std::uint64_t Fee(std::size_t inputs, std::size_t outputs, std::uint64_t sum);

  std::optional<Draft> NextDraft();
  Draft Pay(OwnerId payer, std::string_view kind);
  Draft Batch(OwnerId payer, std::uint64_t payees, std::string_view kind);
  Draft Gather(OwnerId owner, std::uint64_t count, std::string_view kind);
  Draft Peel(OwnerId seller);
  std::optional<Draft> CoinJoin();
  std::optional<Draft> AnyPayment();

  absl::Status Emit(Draft draft, BlockBuilder* block);
  absl::Status MineBlock(std::uint64_t transactions);
  void Mature();
  absl::Status WriteOwners();

  FileSystem& files_;
  const ChainOptions& options_;
  Random random_;
  Wallets wallets_;
  BlockFolderWriter writer_;
  LineFile kinds_;
  ChainReport report_;
  std::uint64_t made_ = 0;
  std::uint64_t fees_ = 0;  // of the block being made
  struct Immature {
    std::uint64_t height;
    Coin coin;
  };
  std::deque<Immature> immature_;
};

void Generator::FoundOwners() {
  constexpr std::pair<OwnerKind, int> kFounders[] = {
      {OwnerKind::kPerson, 50}, {OwnerKind::kMerchant, 40}, {OwnerKind::kExchange, 12},
      {OwnerKind::kPool, 8},    {OwnerKind::kSeller, 30},   {OwnerKind::kService, 20},
  };
  for (const auto& [kind, count] : kFounders) {
    for (int i = 0; i < count; ++i) wallets_.NewOwner(kind);
  }
}

void Generator::GrowPopulation() {
  if (random_.OneIn(8)) wallets_.NewOwner(OwnerKind::kPerson);
  if (random_.OneIn(1500)) wallets_.NewOwner(OwnerKind::kSeller);
  if (random_.OneIn(2000)) wallets_.NewOwner(OwnerKind::kMerchant);
}

OwnerId Generator::Payee(OwnerId payer, ScriptId* script) {
  const std::uint64_t roll = random_.Below(100);
  if (roll < 18) {
    const OwnerId exchange = wallets_.Pick(OwnerKind::kExchange);
    *script = wallets_.DepositScript(payer, exchange);
    return wallets_.OwnerOf(*script);
  }
  const OwnerKind kind = roll < 62   ? OwnerKind::kPerson
                         : roll < 80 ? OwnerKind::kMerchant
                         : roll < 92 ? OwnerKind::kSeller
                                     : OwnerKind::kService;
  const OwnerId payee = wallets_.Pick(kind);
  *script = wallets_.ReceiveScript(payee);
  return payee;
}

// 1 most often; mean about 1.9.
std::uint64_t Generator::FewInputs() {
  std::uint64_t count = 1;
  while (count < 12 && random_.Percent(48)) ++count;
  return count;
}

std::uint64_t Generator::Fee(std::size_t inputs, std::size_t outputs, std::uint64_t sum) {
  const std::uint64_t size = 11 + 110 * inputs + 34 * outputs;
  return std::min(size * random_.Between(1, 30), sum / 10);
}

std::uint64_t SumOf(const std::vector<Coin>& coins) {
  std::uint64_t sum = 0;
  for (const Coin& coin : coins) sum += coin.value;
  return sum;
}

Generator::Draft Generator::Pay(OwnerId payer, std::string_view kind) {
  Draft draft;
  draft.kind = kind;
  draft.coins = wallets_.Take(payer, FewInputs(), kSmallestSum);
  const std::uint64_t sum = SumOf(draft.coins);
  const std::uint64_t left = sum - Fee(draft.coins.size(), 2, sum);
  Payment payment;
  Payee(payer, &payment.script);
  if (left < kSmallestSplit || random_.Percent(6)) {  // all of it, no change
    payment.value = left;
    draft.payments.push_back(payment);
    return draft;
  }
  payment.value = left * random_.Between(20, 980) / 1000;
  // Old wallets often sent change back to the address they paid from.
  const ScriptId change_script =
      random_.Percent(10) ? draft.coins.front().script : wallets_.NewScript(payer);
  draft.payments.push_back(payment);
  draft.payments.push_back({change_script, left - payment.value});
  if (random_.OneIn(2)) std::swap(draft.payments[0], draft.payments[1]);
  draft.null_data = random_.Percent(4);
  return draft;
}

Generator::Draft Generator::Batch(OwnerId payer, std::uint64_t payees, std::string_view kind) {
  Draft draft;
  draft.kind = kind;
  draft.coins = wallets_.Take(payer, random_.Between(1, 4), payees * kSmallestSum);
  const std::uint64_t sum = SumOf(draft.coins);
  std::uint64_t left = sum - Fee(draft.coins.size(), payees + 1, sum);
  payees = std::min(payees, left / kSmallestSplit);
  for (std::uint64_t i = 0; i < payees; ++i) {
    // Each payee gets at most its share twice, so that change remains.
    const std::uint64_t value = left / (payees - i + 1) * random_.Between(1, 100) / 100 + 600;
    if (value + 600 > left) break;
    draft.payments.push_back({wallets_.ReceiveScript(wallets_.Pick(OwnerKind::kPerson)), value});
    left -= value;
  }
  draft.payments.push_back({wallets_.ReceiveScript(payer), left});
  std::swap(draft.payments[random_.Below(draft.payments.size())], draft.payments.back());
  return draft;
}

Generator::Draft Generator::Gather(OwnerId owner, std::uint64_t count, std::string_view kind) {
  Draft draft;
  draft.kind = kind;
  draft.coins = wallets_.Take(owner, count, 0);
  const std::uint64_t sum = SumOf(draft.coins);
  draft.payments.push_back({wallets_.ReceiveScript(owner), sum - Fee(draft.coins.size(), 1, sum)});
  return draft;
}

// One step of a peel chain: a little off the top, the rest to a fresh address of the same owner.
Generator::Draft Generator::Peel(OwnerId seller) {
  Draft draft;
  draft.kind = "peel";
  draft.coins = wallets_.Take(seller, 1, kSmallestSum);
  const std::uint64_t sum = SumOf(draft.coins);
  const std::uint64_t left = sum - Fee(draft.coins.size(), 2, sum);
  const std::uint64_t peeled = left * random_.Between(10, 120) / 1000;
  const ScriptId exit = wallets_.DepositScript(seller, wallets_.Pick(OwnerKind::kExchange));
  draft.payments.push_back({exit, peeled});
  draft.payments.push_back({wallets_.NewScript(seller), left - peeled});
  if (random_.OneIn(2)) std::swap(draft.payments[0], draft.payments[1]);
  return draft;
}

// Equal outputs for 5 to 25 people, their change, everything shuffled. nullopt while too few have
// enough.
std::optional<Generator::Draft> Generator::CoinJoin() {
  constexpr std::uint64_t kDenominations[] = {10'000'000, 1'000'000, 100'000};
  constexpr std::size_t kFewest = 5;
  const std::uint64_t denomination = kDenominations[random_.Below(std::size(kDenominations))];
  const std::uint64_t wanted = random_.Between(kFewest, 25);
  Draft draft;
  draft.kind = "coinjoin";
  std::vector<OwnerId> joined;
  for (std::uint64_t attempt = 0; attempt < 4 * wanted && joined.size() < wanted; ++attempt) {
    const std::optional<OwnerId> person = wallets_.PickFunded(OwnerKind::kPerson);
    if (!person) break;
    if (std::find(joined.begin(), joined.end(), *person) != joined.end()) continue;
    std::vector<Coin> coins = wallets_.Take(*person, 1, denomination + kSmallestSum);
    const std::uint64_t sum = SumOf(coins);
    if (sum < denomination + kSmallestSum) {
      for (const Coin& coin : coins) wallets_.Give(coin);
      continue;
    }
    draft.coins.insert(draft.coins.end(), coins.begin(), coins.end());
    draft.payments.push_back({wallets_.NewScript(*person), denomination});
    draft.payments.push_back({wallets_.NewScript(*person), sum - denomination - 3'000});
    joined.push_back(*person);
  }
  if (joined.size() < kFewest) {
    for (const Coin& coin : draft.coins) wallets_.Give(coin);
    return std::nullopt;
  }
  for (std::size_t i = draft.payments.size(); i > 1; --i) {
    std::swap(draft.payments[i - 1], draft.payments[random_.Below(i)]);
  }
  for (std::size_t i = draft.coins.size(); i > 1; --i) {
    std::swap(draft.coins[i - 1], draft.coins[random_.Below(i)]);
  }
  return draft;
}

// A payment by whoever has money; mining pools have it first. nullopt when nobody has.
std::optional<Generator::Draft> Generator::AnyPayment() {
  if (const auto pool = wallets_.PickFunded(OwnerKind::kPool); pool && random_.Percent(5)) {
    return Batch(*pool, random_.Between(10, 60), "pool payout");
  }
  for (const OwnerKind kind : {OwnerKind::kPerson, OwnerKind::kMerchant, OwnerKind::kExchange,
                               OwnerKind::kService, OwnerKind::kSeller}) {
    if (const auto owner = wallets_.PickFunded(kind)) return Pay(*owner, "payment");
  }
  if (const auto pool = wallets_.PickFunded(OwnerKind::kPool)) {
    return Batch(*pool, random_.Between(10, 60), "pool payout");
  }
  return std::nullopt;
}

// Shares in 1000 of what transactions are made for.
std::optional<Generator::Draft> Generator::NextDraft() {
  const std::uint64_t roll = random_.Below(1000);
  const auto funded = [&](OwnerKind kind) { return wallets_.PickFunded(kind); };
  if (roll < 90) {
    if (const auto exchange = funded(OwnerKind::kExchange)) {
      return Batch(*exchange, 1 + random_.Skewed(28), "payout");
    }
  } else if (roll < 170) {
    if (const auto seller = funded(OwnerKind::kSeller)) return Peel(*seller);
  } else if (roll < 195) {
    const auto exchange = funded(OwnerKind::kExchange);
    if (exchange && wallets_.CoinsOf(*exchange) > 20) {
      return Gather(*exchange, random_.Between(5, 40), "sweep");
    }
  } else if (roll < 240) {
    for (int attempt = 0; attempt < 4; ++attempt) {
      const auto person = funded(attempt % 2 == 0 ? OwnerKind::kPerson : OwnerKind::kMerchant);
      if (person && wallets_.CoinsOf(*person) >= 5) {
        return Gather(*person, random_.Between(4, 12), "consolidation");
      }
    }
  } else if (roll < 246) {
    if (auto join = CoinJoin()) return join;
  } else if (roll < 330) {
    if (const auto merchant = funded(OwnerKind::kMerchant)) return Pay(*merchant, "payment");
  } else if (roll < 360) {
    if (const auto service = funded(OwnerKind::kService)) return Pay(*service, "payment");
  }
  return AnyPayment();
}

absl::Status Generator::Emit(Draft draft, BlockBuilder* block) {
  Transaction transaction;
  transaction.version = made_ * 100 < options_.transactions * 50 ? 1 : 2;
  const std::uint32_t sequence = random_.Percent(40) ? 0xfffffffd : 0xffffffff;
  std::uint64_t sum = 0;
  for (const Coin& coin : draft.coins) {
    transaction.inputs.push_back(wallets_.Spend(coin));
    transaction.inputs.back().sequence = sequence;
    sum += coin.value;
  }
  for (const Payment& payment : draft.payments) {
    transaction.outputs.push_back({payment.value, wallets_.Script(payment.script)});
    sum -= payment.value;
  }
  if (draft.null_data) {
    Bytes data(random_.Between(8, 80));
    random_.Fill(data.data(), data.size());
    transaction.outputs.push_back({0, NullData(data)});
  }
  fees_ += sum;
  SerializedTransaction serialized = Serialize(transaction);
  for (std::size_t i = 0; i < draft.payments.size(); ++i) {
    wallets_.Give({serialized.txid, static_cast<std::uint32_t>(i), draft.payments[i].script,
                   draft.payments[i].value});
  }
  report_.inputs += transaction.inputs.size();
  report_.outputs += transaction.outputs.size();
  if (!options_.truth_folder.empty()) {
    COINWAKE_RETURN_IF_ERROR(
        kinds_.Add(serialized.txid.ToDisplayHex() + "," + std::string(draft.kind) + "\n"));
  }
  block->Add(std::move(serialized));
  ++made_;
  return absl::OkStatus();
}

void Generator::Mature() {
  while (!immature_.empty() && immature_.front().height + kCoinbaseMaturity <= report_.height + 1) {
    wallets_.Give(immature_.front().coin);
    immature_.pop_front();
  }
}

absl::Status Generator::MineBlock(std::uint64_t transactions) {
  constexpr std::size_t kBlockSizeLimit = 1'800'000;  // bytes, under the weight limit
  const std::uint64_t height = report_.height + 1;
  constexpr std::uint32_t kStartTime = 1296688602;
  const auto time = static_cast<std::uint32_t>(kStartTime + 600 * height + random_.Below(300));
  BlockBuilder block(report_.tip, static_cast<std::uint32_t>(height), time);
  Mature();
  fees_ = 0;
  while (block.transactions_count() < transactions && block.size_bytes() < kBlockSizeLimit &&
         made_ < options_.transactions) {
    wallets_.SetEra(std::min<std::uint64_t>(made_ * 100 / options_.transactions, 99));
    GrowPopulation();
    std::optional<Draft> draft = NextDraft();
    if (!draft) break;  // the next blocks' coinbases bring money
    COINWAKE_RETURN_IF_ERROR(Emit(*std::move(draft), &block));
  }
  const OwnerId pool = wallets_.Pick(OwnerKind::kPool);
  const ScriptId script = wallets_.ReceiveScript(pool);
  const std::uint64_t reward = RegtestSubsidy(height) + fees_;
  BuiltBlock built = block.Finish({{reward, wallets_.Script(script)}});
  immature_.push_back({height, {built.coinbase_txid, 0, script, reward}});
  report_.tip = built.hash;
  report_.height = height;
  report_.transactions += block.transactions_count() + 1;
  report_.outputs += built.coinbase_outputs_count;
  report_.unspent_value += RegtestSubsidy(height);
  return writer_.Append(std::move(built.bytes));
}

absl::Status Generator::WriteOwners() {
  LineFile owners;
  COINWAKE_RETURN_IF_ERROR(
      owners.Open(files_, options_.truth_folder + "/owners.csv", "script,owner,kind\n"));
  for (ScriptId script = 0; script < wallets_.scripts_count(); ++script) {
    const OwnerId owner = wallets_.OwnerOf(script);
    COINWAKE_RETURN_IF_ERROR(owners.Add(HexEncode(wallets_.Script(script)) + "," +
                                        std::to_string(owner) + "," +
                                        std::string(OwnerKindName(wallets_.KindOf(owner))) + "\n"));
  }
  return owners.Flush();
}

absl::StatusOr<ChainReport> Generator::Run() {
  const bool truth = !options_.truth_folder.empty();
  if (truth) {
    COINWAKE_RETURN_IF_ERROR(files_.CreateFolders(options_.truth_folder));
    COINWAKE_RETURN_IF_ERROR(
        kinds_.Open(files_, options_.truth_folder + "/kinds.csv", "txid,kind\n"));
  }
  FoundOwners();
  BuiltBlock genesis = RegtestGenesis();
  report_.tip = genesis.hash;
  report_.transactions = 1;
  report_.outputs = genesis.coinbase_outputs_count;
  COINWAKE_RETURN_IF_ERROR(writer_.Append(std::move(genesis.bytes)));
  for (std::uint32_t i = 0; i < kEmptyBlocks; ++i) COINWAKE_RETURN_IF_ERROR(MineBlock(0));
  const std::uint64_t a_block = std::clamp<std::uint64_t>(options_.transactions / 150, 10, 2'500);
  while (made_ < options_.transactions) COINWAKE_RETURN_IF_ERROR(MineBlock(a_block));
  COINWAKE_RETURN_IF_ERROR(writer_.Finish());
  if (truth) {
    COINWAKE_RETURN_IF_ERROR(kinds_.Flush());
    COINWAKE_RETURN_IF_ERROR(WriteOwners());
  }
  report_.blocks = report_.height + 1;
  report_.scripts = wallets_.scripts_count();
  report_.bytes = writer_.written_bytes();
  report_.unspent_outputs = wallets_.coins_count() + immature_.size();
  return report_;
}

}  // namespace

absl::StatusOr<ChainReport> GenerateChain(FileSystem& files, const ChainOptions& options) {
  Generator generator(files, options);
  return generator.Run();
}

}  // namespace coinwake::synthetic
