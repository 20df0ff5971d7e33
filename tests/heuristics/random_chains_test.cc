// Goal: on any chain, the partition is that of a slow union over a plain model of the transactions,
// for any number of threads, and every `why` is a valid shortest path. Method: seeded random chains
// with mixes, strangers' inputs, odd scripts, reuse and keys of several scripts, modelled beside
// the index.
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "heuristics/co_spend.h"
#include "heuristics/co_spend_scan.h"
#include "heuristics/coinjoin.h"
#include "tests/heuristics/support.h"
#include "tests/support/fault_file_system.h"

namespace coinwake::test {
namespace {

struct ModelInput {
  std::uint64_t address;
  bool anyone_can_pay;
  bool names_somebody;
};
struct ModelTransaction {
  std::uint64_t number;
  std::vector<ModelInput> inputs;
};

// The rule of ALGORITHMS 1.1 once more, written to be read; whether it mixes is asked of the rules
// for that.
std::set<std::uint64_t> JoinedBy(const FactsReader& reader, const ModelTransaction& tx) {
  std::set<std::uint64_t> joined;
  if (JudgeMix(reader.Read(TxNum{tx.number}), nullptr).may_have_parties()) return joined;
  for (const ModelInput& input : tx.inputs) {
    if (input.names_somebody && !input.anyone_can_pay) joined.insert(input.address);
  }
  return joined;
}

class RandomChain {
 public:
  RandomChain(std::uint64_t seed, int blocks, std::uint64_t names) : random_(seed), names_(names) {
    for (int block = 0; block < blocks; ++block) AddBlock();
  }
  IndexBuilder& builder() { return builder_; }
  const std::vector<ModelTransaction>& transactions() const { return transactions_; }
  // Addresses by the key that was shown of them.
  const std::map<std::uint8_t, std::set<std::uint64_t>>& keys() const { return keys_; }

 private:
  struct Coin {
    std::string tx;
    std::uint32_t vout;
    std::uint64_t value;
    SimpleOutput output;
  };

  std::uint64_t Below(std::uint64_t limit) { return random_() % limit; }

  SimpleOutput RandomOutput(std::uint64_t value) {
    const std::uint64_t who = Below(names_);
    SimpleOutput output;
    output.value = value;
    output.address = "n" + std::to_string(who);
    if (Below(12) == 0) {
      const ScriptType types[] = {ScriptType::kAnchor, ScriptType::kNonstandard,
                                  ScriptType::kMultisig, ScriptType::kNullData};
      const std::uint64_t kind = Below(4);
      output.type = types[kind];
      output.script = {static_cast<std::uint8_t>(0x60 + kind), static_cast<std::uint8_t>(who % 4)};
      if (output.type == ScriptType::kNullData) output.script[0] = 0x6a;
    }
    return output;
  }

  void AddBlock() {
    std::vector<SimpleTransaction> block;
    std::vector<Coin> fresh;
    SimpleTransaction coinbase;
    coinbase.name = "t" + std::to_string(count_++);
    for (int i = 0; i < 6; ++i) coinbase.outputs.push_back(RandomOutput(1'000'000));
    Keep(coinbase, &fresh);
    block.push_back(coinbase);
    for (std::uint64_t n = 1 + Below(8); n > 0 && !coins_.empty(); --n) {
      block.push_back(Below(6) == 0 ? RandomMix(&fresh) : RandomTransaction(&fresh));
    }
    builder_.AddBlock(block);
    for (std::size_t i = 0; i < block.size(); ++i) Record(block[i]);
    ShowKeys(block);
    coins_.insert(coins_.end(), fresh.begin(), fresh.end());
  }

  SimpleTransaction RandomTransaction(std::vector<Coin>* fresh) {
    SimpleTransaction tx;
    tx.name = "t" + std::to_string(count_++);
    std::uint64_t total = 0;
    for (std::uint64_t n = 1 + Below(5); n > 0 && !coins_.empty(); --n) {
      const std::size_t at = Below(coins_.size());
      SimpleInput input = Spend(coins_[at].tx, coins_[at].vout);
      input.flags.anyone_can_pay = Below(8) == 0;
      tx.inputs.push_back(input);
      total += coins_[at].value;
      coins_[at] = coins_.back();
      coins_.pop_back();
    }
    const std::uint64_t outputs = 1 + Below(6);
    const std::uint64_t equal = total / (outputs + 1);
    for (std::uint64_t i = 0; i < outputs; ++i) {
      tx.outputs.push_back(RandomOutput(Below(2) == 0 ? equal : Below(equal + 1)));
    }
    Keep(tx, fresh);
    return tx;
  }

  // Each coin's holder takes out as much as the others, at addresses never seen, and the change.
  SimpleTransaction RandomMix(std::vector<Coin>* fresh) {
    SimpleTransaction tx;
    tx.name = "t" + std::to_string(count_++);
    constexpr std::uint64_t kEach = 6'000;
    for (std::size_t at = 0; at < coins_.size() && tx.inputs.size() < 5; ++at) {
      if (coins_[at].value < kEach + 500) continue;
      tx.inputs.push_back(Spend(coins_[at].tx, coins_[at].vout));
      for (const std::uint64_t value : {kEach, coins_[at].value - kEach}) {
        SimpleOutput output;
        output.value = value;
        output.address = "n" + std::to_string(10'000 + fresh_names_++);
        tx.outputs.push_back(output);
      }
      coins_[at] = coins_.back();
      coins_.pop_back();
    }
    if (tx.outputs.empty()) tx.outputs.push_back(RandomOutput(0));
    Keep(tx, fresh);
    return tx;
  }

  // Outputs that later transactions may spend; what is never spendable is left.
  void Keep(const SimpleTransaction& tx, std::vector<Coin>* fresh) {
    for (std::uint32_t i = 0; i < tx.outputs.size(); ++i) {
      if (tx.outputs[i].type == ScriptType::kNullData) continue;
      fresh->push_back({tx.name, i, tx.outputs[i].value, tx.outputs[i]});
      outputs_[{tx.name, i}] = tx.outputs[i];
    }
  }

  void Record(const SimpleTransaction& tx) {
    ModelTransaction model;
    model.number = builder_.TransactionOf(tx.name).value;
    for (const SimpleInput& input : tx.inputs) {
      const SimpleOutput& spent = outputs_.at({input.name, input.vout});
      model.inputs.push_back(
          {IdentityOf(spent), input.flags.anyone_can_pay,
           spent.type == ScriptType::kPubkeyHash || spent.type == ScriptType::kMultisig});
    }
    transactions_.push_back(model);
  }

  // Of some addresses that are spent, keys of a few, so that several addresses have one.
  void ShowKeys(const std::vector<SimpleTransaction>& block) {
    for (const SimpleTransaction& tx : block) {
      for (const SimpleInput& input : tx.inputs) {
        const SimpleOutput& spent = outputs_.at({input.name, input.vout});
        if (!spent.script.empty() || Below(4) != 0) continue;
        if (!shown_.insert(spent.address).second) continue;
        const auto number = static_cast<std::uint8_t>(Below(200));
        std::array<std::uint8_t, 33> key{};
        key.fill(number);
        key[0] = 2;
        builder_.RevealKey(spent.address, key);
        keys_[number].insert(IdentityOf(spent));
      }
    }
  }

  // Names are numbers from 0; scripts come after them.
  static std::uint64_t IdentityOf(const SimpleOutput& output) {
    if (output.script.empty()) return std::stoull(output.address.substr(1));
    return 1'000'000u + output.script[0] * 256u + output.script[1];
  }

 public:
  // The index's number of a model address, from any output that paid it.
  std::map<std::uint64_t, AddressNum> Numbers(const View& view) const {
    std::map<std::uint64_t, AddressNum> numbers;
    for (const auto& [place, output] : outputs_) {
      numbers[IdentityOf(output)] = view.AddressOf(builder_.OutputOf(place.first, place.second));
    }
    return numbers;
  }

 private:
  std::mt19937_64 random_;
  const std::uint64_t names_;
  IndexBuilder builder_;
  std::uint64_t count_ = 0;
  std::uint64_t fresh_names_ = 0;
  std::vector<Coin> coins_;
  std::map<std::pair<std::string, std::uint32_t>, SimpleOutput> outputs_;
  std::vector<ModelTransaction> transactions_;
  std::set<std::string> shown_;
  std::map<std::uint8_t, std::set<std::uint64_t>> keys_;
};

// Distances over the model, breadth first, inputs of one transaction one link apart.
std::map<std::uint64_t, std::size_t> DistancesFrom(
    std::uint64_t start, const std::vector<std::set<std::uint64_t>>& joins) {
  std::map<std::uint64_t, std::size_t> distance = {{start, 0}};
  std::deque<std::uint64_t> queue = {start};
  while (!queue.empty()) {
    const std::uint64_t at = queue.front();
    queue.pop_front();
    for (const std::set<std::uint64_t>& join : joins) {
      if (!join.contains(at)) continue;
      for (const std::uint64_t next : join) {
        if (distance.emplace(next, distance[at] + 1).second) queue.push_back(next);
      }
    }
  }
  return distance;
}

// How much the chains held of what is tested.
struct Coverage {
  std::uint64_t joins = 0;
  std::uint64_t mixes = 0;
  std::uint64_t same_keys = 0;    // links
  std::uint64_t long_chains = 0;  // of three links and more
};

void CheckChain(std::uint64_t seed, Coverage* coverage) {
  SCOPED_TRACE(seed);
  RandomChain chain(seed, /*blocks=*/25, /*names=*/60);
  FaultFileSystem files;  // for being in memory: nothing fails here
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder().Build(files, "/data"));
  const View& view = *index.view;
  ASSERT_OK_AND_ASSIGN(const FactsReader reader, FactsReader::Make(view));
  const std::map<std::uint64_t, AddressNum> numbers = chain.Numbers(view);
  std::vector<std::set<std::uint64_t>> joins;
  std::map<TxNum, std::set<AddressNum>> join_of;
  for (const ModelTransaction& tx : chain.transactions()) {
    joins.push_back(JoinedBy(reader, tx));
    if (joins.back().size() > 1) ++coverage->joins;
    const TransactionFacts facts = reader.Read(TxNum{tx.number});
    const MixVerdict verdict = JudgeMix(facts, nullptr);
    EXPECT_EQ(MayHaveParties(facts), verdict.may_have_parties());
    if (verdict.is_coinjoin()) ++coverage->mixes;
    for (const std::uint64_t address : joins.back()) {
      join_of[TxNum{tx.number}].insert(numbers.at(address));
    }
  }
  std::map<AddressNum, std::uint8_t> key_of;
  for (const auto& [key, holders] : chain.keys()) {
    joins.push_back(holders);
    for (const std::uint64_t holder : holders) key_of[numbers.at(holder)] = key;
  }
  std::vector<std::shared_ptr<const Partition>> partitions;
  for (const int threads : {1, 2, 5}) {
    ASSERT_OK_AND_ASSIGN(auto partition, Partition::Build(view, Profile::kStrict, threads, 0));
    partitions.push_back(std::move(partition));
  }
  const Partition& partition = *partitions[0];
  std::uint64_t members = 0;
  for (AddressNum i{}; i.value < view.addresses_count(); ++i) {
    EXPECT_EQ(partition.ClusterOf(i), partitions[1]->ClusterOf(i));
    EXPECT_EQ(partition.ClusterOf(i), partitions[2]->ClusterOf(i));
    const std::vector<AddressNum> all = partition.Members(i, std::nullopt, 1u << 20);
    if (partition.ClusterOf(i) == i) members += all.size();
    // Found from the address alone, in pages and as a whole.
    ASSERT_OK_AND_ASSIGN(const Cluster around, ClusterAround(view, Profile::kStrict, i, 0));
    EXPECT_EQ(around.id(), partition.ClusterOf(i));
    EXPECT_EQ(around.size(), all.size());
    EXPECT_EQ(around.Members(std::nullopt, 1u << 20), all);
    EXPECT_EQ(around.Members(i, 3), partition.Members(i, i, 3));
  }
  EXPECT_EQ(members, view.addresses_count());
  for (const auto& [a, a_number] : numbers) {
    const auto distance = DistancesFrom(a, joins);
    for (const auto& [b, b_number] : numbers) {
      const bool joined = partition.ClusterOf(a_number) == partition.ClusterOf(b_number);
      ASSERT_EQ(joined, distance.contains(b)) << a << " " << b;
      if ((a + b) % 5 != 0) continue;
      const auto unaided = WhyJoined(view, /*partition=*/nullptr, a_number, b_number, 0);
      if (!joined) {
        EXPECT_TRUE(absl::IsNotFound(unaided.status())) << unaided.status();
        continue;
      }
      ASSERT_OK_AND_ASSIGN(const auto links, WhyJoined(view, &partition, a_number, b_number, 0));
      ASSERT_OK(unaided.status());
      EXPECT_EQ(*unaided, links);
      ASSERT_EQ(links.size(), distance.at(b));
      if (links.size() >= 3) ++coverage->long_chains;
      AddressNum at = a_number;
      for (const EvidenceLink& link : links) {
        EXPECT_EQ(link.a, at);
        at = link.b;
        if (link.rule == Rule::kSameKey) {
          ++coverage->same_keys;
          EXPECT_EQ(key_of.at(link.a), key_of.at(link.b));
          continue;
        }
        EXPECT_TRUE(join_of[link.tx].contains(link.a));
        EXPECT_TRUE(join_of[link.tx].contains(link.b));
      }
      EXPECT_EQ(at, b_number);
    }
  }
}

TEST(RandomChains, MatchASlowUnionAndShortestPaths) {
  Coverage coverage;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CheckChain(seed, &coverage);
    if (::testing::Test::HasFatalFailure()) break;
  }
  EXPECT_GT(coverage.joins, 500u);
  EXPECT_GT(coverage.mixes, 10u);
  EXPECT_GT(coverage.same_keys, 10u);
  EXPECT_GT(coverage.long_chains, 10u);
}

// Long enough for several threads to have work at once.
TEST(RandomChains, DoNotDependOnTheNumberOfThreads) {
  RandomChain chain(/*seed=*/7, /*blocks=*/4000, /*names=*/6000);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder().Build(files, "/data"));
  const View& view = *index.view;
  EXPECT_GT(view.transactions_count(), 12'000u);
  ASSERT_OK_AND_ASSIGN(const auto one, Partition::Build(view, Profile::kStrict, 1, 0));
  EXPECT_LT(one->clusters_count() + 2000, view.addresses_count());
  EXPECT_GT(one->clusters_count(), 20u);
  for (const int threads : {2, 3, 8}) {
    ASSERT_OK_AND_ASSIGN(const auto many, Partition::Build(view, Profile::kStrict, threads, 0));
    EXPECT_EQ(many->clusters_count(), one->clusters_count());
    for (AddressNum i{}; i.value < view.addresses_count(); ++i) {
      ASSERT_EQ(many->ClusterOf(i), one->ClusterOf(i));
    }
  }
}

// Sets made of the transactions before one, then the rest: the same as all at once.
TEST(RandomChains, GoOnFromAnyTransaction) {
  RandomChain chain(/*seed=*/11, /*blocks=*/1500, /*names=*/3000);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder().Build(files, "/data"));
  const View& view = *index.view;
  ASSERT_OK_AND_ASSIGN(const FactsReader reader, FactsReader::Make(view));
  const std::uint64_t count = view.addresses_count();
  UnionByMin whole(count);
  ASSERT_OK(UniteCoSpends(reader, TxNum{0}, 1, &whole));
  whole.Flatten();
  for (const std::uint64_t begin : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2500},
                                    view.transactions_count() - 1, view.transactions_count()}) {
    SCOPED_TRACE(begin);
    UnionByMin before(count);
    for (TxNum tx{}; tx.value < begin; ++tx) {
      const std::vector<AddressNum> joined = CoSpenders(reader, tx);
      for (const AddressNum address : joined) {
        before.Unite(static_cast<std::uint32_t>(joined[0].value),
                     static_cast<std::uint32_t>(address.value));
      }
    }
    before.Flatten();
    std::vector<std::uint32_t> parents;
    for (std::uint32_t i = 0; i < count; ++i) parents.push_back(before.Parent(i));
    // What had not been seen then is not stored.
    while (!parents.empty() && parents.back() + 1 == parents.size()) parents.pop_back();
    UnionByMin all(count, parents);
    ASSERT_OK(UniteCoSpends(reader, TxNum{begin}, 3, &all));
    all.Flatten();
    for (std::uint32_t i = 0; i < count; ++i) ASSERT_EQ(all.Parent(i), whole.Parent(i)) << i;
  }
}

}  // namespace
}  // namespace coinwake::test
