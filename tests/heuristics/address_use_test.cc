// Goal: one pass and single look-ups give the same use of addresses, that of a plain model. Method:
// seeded random chains with reuse; windows with coins from before them among these.
#include "heuristics/address_use.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

struct Uses {
  std::map<std::string, std::vector<std::uint64_t>> outputs;  // by address, ascending
  std::set<std::string> foreign;                              // had a coin from before the window
};

class RandomPayments {
 public:
  RandomPayments(std::uint64_t seed, bool is_window)
      : random_(seed),
        is_window_(is_window),
        builder_(is_window ? IndexBuilder::Options{.window_from_height = 500}
                           : IndexBuilder::Options{}) {
    if (!is_window) uses_.outputs["genesis"].push_back(0);
    for (int block = 0; block < 15; ++block) AddBlock();
  }
  IndexBuilder& builder() { return builder_; }
  const Uses& uses() const { return uses_; }

 private:
  std::string RandomName() { return "n" + std::to_string(random_() % 60); }

  // A coinbase, and others where there are coins enough for them.
  void AddBlock() {
    std::vector<SimpleTransaction> block(coins_.size() < kMostSpent ? 1 : 1 + random_() % 5);
    std::vector<SimpleInput> fresh;
    std::uint64_t number = builder_.outputs_count();
    for (std::size_t i = 0; i < block.size(); ++i) {
      SimpleTransaction& tx = block[i];
      tx.name = "t" + std::to_string(count_++);
      const std::uint64_t inputs = i == 0 ? 0 : 1 + random_() % 3;
      for (std::uint64_t n = 0; n < inputs; ++n) tx.inputs.push_back(RandomInput());
      for (std::uint64_t n = 1 + random_() % 6; n > 0; --n) {
        const std::string name = RandomName();
        fresh.push_back(Spend(tx.name, static_cast<std::uint32_t>(tx.outputs.size())));
        tx.outputs.push_back({name, 0});
        uses_.outputs[name].push_back(number++);
      }
    }
    builder_.AddBlock(block);
    coins_.insert(coins_.end(), fresh.begin(), fresh.end());
  }

  SimpleInput RandomInput() {
    if (is_window_ && random_() % 4 == 0) {
      if (random_() % 3 == 0) return SpendUnresolved();
      const std::string name = RandomName();
      uses_.foreign.insert(name);
      return SpendForeign(name, 1);
    }
    const std::size_t at = random_() % coins_.size();
    SimpleInput coin = coins_[at];
    coins_[at] = coins_.back();
    coins_.pop_back();
    return coin;
  }

  static constexpr std::size_t kMostSpent = 12;  // of a block
  std::mt19937_64 random_;
  const bool is_window_;
  IndexBuilder builder_;
  Uses uses_;
  std::uint64_t count_ = 0;
  std::vector<SimpleInput> coins_;
};

TEST(AddressUseTest, IsThatOfAPlainModelByEitherWay) {
  int fresh_count = 0;
  int once_count = 0;
  int spoiled = 0;  // would be fresh but for a coin from before the window
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    RandomPayments chain(seed, /*is_window=*/seed % 2 == 1);
    FaultFileSystem files;
    ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder().Build(files, "/data"));
    const View& view = *index.view;
    ASSERT_OK_AND_ASSIGN(const auto scanned, ScanAddressUse(view, 0));
    const auto looked_up = LookUpAddressUse(view);
    for (const auto& [name, outputs] : chain.uses().outputs) {
      const AddressNum address = chain.builder().AddressOf(name);
      const bool is_old = chain.uses().foreign.contains(name);
      for (const std::uint64_t number : outputs) {
        const OutputNum output{number};
        ASSERT_EQ(view.AddressOf(output), address);
        const bool is_fresh = number == outputs.front() && !is_old;
        const bool is_once = outputs.size() == 1 && !is_old;
        EXPECT_EQ(scanned->IsFresh(output, address), is_fresh) << name << " " << number;
        EXPECT_EQ(looked_up->IsFresh(output, address), is_fresh) << name << " " << number;
        EXPECT_EQ(scanned->IsPaidOnce(output, address), is_once) << name << " " << number;
        EXPECT_EQ(looked_up->IsPaidOnce(output, address), is_once) << name << " " << number;
        fresh_count += is_fresh;
        once_count += is_once;
        spoiled += is_old && number == outputs.front();
      }
    }
    ASSERT_OK(view.damage().status());
  }
  EXPECT_GT(fresh_count, 500);
  EXPECT_GT(once_count, 100);
  EXPECT_GT(spoiled, 50);
}

TEST(AddressUseTest, OfAnAddressPaidTwiceByOneTransaction) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"a", 1}, {"b", 1}, {"a", 1}}}});
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, "/data"));
  ASSERT_OK_AND_ASSIGN(const auto scanned, ScanAddressUse(*index.view, 0));
  const auto looked_up = LookUpAddressUse(*index.view);
  const AddressNum a = chain.AddressOf("a");
  for (const AddressUse* use : {scanned.get(), looked_up.get()}) {
    EXPECT_TRUE(use->IsFresh(chain.OutputOf("mint", 0), a));
    EXPECT_FALSE(use->IsFresh(chain.OutputOf("mint", 2), a));
    EXPECT_FALSE(use->IsPaidOnce(chain.OutputOf("mint", 0), a));
    EXPECT_FALSE(use->IsPaidOnce(chain.OutputOf("mint", 2), a));
  }
}

TEST(AddressUseTest, RefusesLessMemoryThanItNeeds) {
  RandomPayments chain(/*seed=*/1, /*is_window=*/false);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder().Build(files, "/data"));
  const std::uint64_t needed = index.view->addresses_count() + index.view->outputs_count() / 8;
  EXPECT_THAT(ScanAddressUse(*index.view, needed - 1),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ScanAddressUse(*index.view, needed), IsOk());
}

TEST(AddressUseTest, TellsOfADamagedColumn) {
  RandomPayments chain(/*seed=*/1, /*is_window=*/true);
  FaultFileSystem files;
  ASSERT_OK(chain.builder().Build(files, "/data").status());
  const std::string columns = ColumnsFolder(FolderOfNetwork("/data", Network::kBitcoinRegtest));
  for (const char* name : {"output_address", "foreign_address"}) {
    SCOPED_TRACE(name);
    const std::unique_ptr<FaultFileSystem> copy = files.Clone();
    copy->FlipByte(columns + "/" + name + ".col", kColumnHeaderBytes, 1);
    ASSERT_OK_AND_ASSIGN(const OpenIndex damaged,
                         OpenForReading(*copy, "/data", Network::kBitcoinRegtest));
    EXPECT_THAT(ScanAddressUse(*damaged.view, 0), StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace coinwake::test
