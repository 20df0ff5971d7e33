// Goal: exactly the inputs that rule co_spend names are joined, and a partition answers about them
// in order. Method: small chains with one case each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "heuristics/co_spend.h"
#include "heuristics/same_key_scan.h"
#include "tests/heuristics/support.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using PartitionTest = ClusterTest;

TEST_F(PartitionTest, JoinsInputsAcrossTransactions) {
  chain_.AddBlock({Mint("m", {"a", "b", "b", "c", "d", "e", "f", "f"})});
  SimpleTransaction ab = Sweep("ab", "m", 2, "x");
  SimpleTransaction bc;
  bc.name = "bc";
  bc.inputs = {Spend("m", 3), Spend("m", 2)};  // c, then b
  bc.outputs = {{"y", 1}};
  SimpleTransaction d;  // one input joins nobody, and outputs never do
  d.inputs = {Spend("m", 4)};
  d.outputs = {{"e", 5}, {"x", 6}};
  SimpleTransaction ff;  // one address twice
  ff.inputs = {Spend("m", 6), Spend("m", 7)};
  ff.outputs = {{"x", 7}};
  chain_.AddBlock({{}, ab, bc, d, ff});
  Build();
  EXPECT_TRUE(Joined("a", "b"));
  EXPECT_TRUE(Joined("a", "c"));
  for (const char* other : {"d", "e", "f", "x", "y", "miner", "genesis"}) {
    EXPECT_FALSE(Joined("a", other)) << other;
    EXPECT_EQ(partition_->SizeOf(chain_.AddressOf(other)), 1u);
  }
  const AddressNum a = chain_.AddressOf("a");
  const AddressNum b = chain_.AddressOf("b");
  const AddressNum c = chain_.AddressOf("c");
  EXPECT_EQ(partition_->ClusterOf(c), a);  // the smallest
  EXPECT_EQ(partition_->SizeOf(c), 3u);
  EXPECT_EQ(partition_->clusters_count(), view().addresses_count() - 2);
  EXPECT_THAT(partition_->Members(b, std::nullopt, 10), ElementsAre(a, b, c));
  EXPECT_THAT(partition_->Members(b, std::nullopt, 2), ElementsAre(a, b));
  EXPECT_THAT(partition_->Members(b, a, 1), ElementsAre(b));
  EXPECT_THAT(partition_->Members(b, b, 10), ElementsAre(c));
  EXPECT_THAT(partition_->Members(b, c, 10), IsEmpty());
  EXPECT_THAT(partition_->Members(b, chain_.AddressOf("genesis"), 10), ElementsAre(a, b, c));
  EXPECT_THAT(partition_->Members(b, AddressNum{1'000'000}, 10), IsEmpty());

  EXPECT_THAT(CoSpenders(reader(), chain_.TransactionOf("bc")), ElementsAre(b, c));
}

TEST_F(PartitionTest, LeavesOutInputsAStrangerMayHaveAdded) {
  chain_.AddBlock({Mint("m", {"a", "b", "c"})});
  SimpleTransaction sale = Sweep("sale", "m", 3, "x");
  sale.inputs[1].flags.anyone_can_pay = true;
  chain_.AddBlock({{}, sale});
  Build();
  EXPECT_TRUE(Joined("a", "c"));
  EXPECT_FALSE(Joined("a", "b"));
}

TEST_F(PartitionTest, LeavesOutScriptsThatNameNobody) {
  const struct {
    ScriptType type;
    bool joins;
  } cases[] = {{ScriptType::kPubkey, true},
               {ScriptType::kScriptHash, true},
               {ScriptType::kMultisig, true},
               {ScriptType::kWitnessV0KeyHash, true},
               {ScriptType::kWitnessV0ScriptHash, true},
               {ScriptType::kWitnessV1Taproot, true},
               {ScriptType::kNonstandard, false},
               {ScriptType::kAnchor, false},
               {ScriptType::kWitnessUnknown, false}};
  SimpleTransaction mint;
  mint.name = "m";
  std::vector<SimpleTransaction> sweeps = {{}};
  std::uint8_t tag = 0;
  for (const auto& one : cases) {
    mint.outputs.push_back({"plain" + std::to_string(tag), 10});
    mint.outputs.push_back({"", 10, {0x51, tag}, one.type});
    SimpleTransaction sweep;
    sweep.inputs = {Spend("m", 2u * tag), Spend("m", 2u * tag + 1)};
    sweep.outputs = {{"x", 1}};
    sweeps.push_back(sweep);
    ++tag;
  }
  chain_.AddBlock({mint});
  chain_.AddBlock(sweeps);
  Build();
  tag = 0;
  for (const auto& one : cases) {
    const AddressNum plain = chain_.AddressOf("plain" + std::to_string(tag));
    const AddressNum other = view().AddressOf(chain_.OutputOf("m", 2u * tag + 1));
    EXPECT_EQ(partition_->ClusterOf(plain) == partition_->ClusterOf(other), one.joins)
        << ScriptTypeName(one.type);
    ++tag;
  }
}

TEST_F(PartitionTest, VetoesMixes) {
  chain_.AddBlock({Mint("m", {"a", "b", "c", "d"})});
  SimpleTransaction mix = Sweep("mix", "m", 3, "x");
  mix.outputs = {{"x", 20'000},          {"y", 20'000},          {"z", 20'000},
                 {"c1", kCoin - 20'000}, {"c2", kCoin - 20'500}, {"c3", kCoin - 21'000}};
  chain_.AddBlock({{}, mix});
  Build();
  EXPECT_FALSE(Joined("a", "b"));
  EXPECT_EQ(partition_->clusters_count(), view().addresses_count());
  EXPECT_THAT(CoSpenders(reader(), chain_.TransactionOf("mix")), IsEmpty());
}

TEST_F(PartitionTest, RefusesLessMemoryThanItNeeds) {
  chain_.AddBlock({Mint("m", {"a", "b"})});
  Build();
  const std::uint64_t numbers = view().addresses_count() * sizeof(std::uint32_t);
  const std::uint64_t needed = numbers + std::max(numbers, MemoryForSameKeys(view()));
  EXPECT_THAT(Partition::Build(view(), Profile::kStrict, 1, needed - 1),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Partition::Build(view(), Profile::kStrict, 0, needed), IsOk());
}

TEST_F(PartitionTest, TellsOfADamagedColumn) {
  chain_.AddBlock({Mint("m", {"a", "b"})});
  chain_.AddBlock({{}, Sweep("s", "m", 2, "x")});
  Build();
  partition_.reset();
  index_ = OpenIndex();
  const std::string columns = ColumnsFolder(FolderOfNetwork(folder_, Network::kBitcoinRegtest));
  for (const char* name : {"tx_first_input", "tx_first_output", "input_source", "input_flags",
                           "output_address", "address_type"}) {
    SCOPED_TRACE(name);
    const std::string path = columns + "/" + name + ".col";
    ASSERT_OK_AND_ASSIGN(auto file, RealFileSystem().Open(path, OpenMode::kReadWrite));
    std::uint8_t byte = 0;
    ASSERT_OK(file->ReadAt(kColumnHeaderBytes, {&byte, 1}));
    const std::uint8_t good = byte;
    byte ^= 1;
    ASSERT_OK(file->WriteAt(kColumnHeaderBytes, {&byte, 1}));
    {
      ASSERT_OK_AND_ASSIGN(const OpenIndex damaged,
                           OpenForReading(RealFileSystem(), folder_, Network::kBitcoinRegtest));
      EXPECT_THAT(Partition::Build(*damaged.view, Profile::kStandard, 2, 0),
                  StatusIs(absl::StatusCode::kDataLoss));
    }
    ASSERT_OK(file->WriteAt(kColumnHeaderBytes, {&good, 1}));
  }
}

TEST(PartitionWindow, CountsCoinsFromBeforeItWhenTheirScriptIsKnown) {
  const std::string folder = ::testing::TempDir() + "/partition_window";
  std::filesystem::remove_all(folder);
  IndexBuilder chain(IndexBuilder::Options{.window_from_height = 1000});
  SimpleTransaction join;
  join.inputs = {SpendForeign("a", 500), SpendForeign("b", 500), SpendUnresolved()};
  join.outputs = {{"x", 900}};
  SimpleTransaction unknown;
  unknown.inputs = {SpendForeign("c", 500), SpendUnresolved(), SpendUnresolved()};
  unknown.outputs = {{"x", 400}};
  // Two known addresses and a payer nobody knows: enough for a mix of p = 3.
  SimpleTransaction mix;
  mix.name = "mix";
  mix.inputs = {SpendForeign("d", 90'000), SpendForeign("e", 90'000), SpendUnresolved()};
  mix.outputs = {{"m1", 20'000}, {"m2", 20'000}, {"m3", 20'000}, {"m4", 100}, {"m5", 101}};
  chain.AddBlock({{}, join, unknown, mix});
  {
    ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(RealFileSystem(), folder));
    ASSERT_OK_AND_ASSIGN(const auto partition,
                         Partition::Build(*index.view, Profile::kStandard, 1, 0));
    EXPECT_EQ(partition->ClusterOf(chain.AddressOf("a")),
              partition->ClusterOf(chain.AddressOf("b")));
    EXPECT_EQ(partition->SizeOf(chain.AddressOf("c")), 1u);
    EXPECT_EQ(partition->SizeOf(chain.AddressOf("d")), 1u);
    ASSERT_OK_AND_ASSIGN(
        const auto links,
        WhyJoined(*index.view, partition.get(), chain.AddressOf("a"), chain.AddressOf("b"), 0));
    EXPECT_EQ(links.size(), 1u);
  }
  std::filesystem::remove_all(folder);
}

TEST(Profiles, HaveNames) {
  for (const Profile profile : {Profile::kStrict, Profile::kStandard, Profile::kExploratory}) {
    EXPECT_EQ(ParseProfile(ProfileName(profile)), profile);
  }
  EXPECT_EQ(ParseProfile("Strict"), std::nullopt);
  EXPECT_EQ(RuleName(Rule::kCoSpend), "co_spend");
}

}  // namespace
}  // namespace coinwake::test
