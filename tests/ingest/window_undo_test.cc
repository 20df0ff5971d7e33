// Goal: a window takes values from undo files for every block whose record is surely its own, says
// how many inputs stay unknown, and keeps to its memory. Method: made windows whose one spend of an
// older output takes each form that consensus allowed once, with the record of a file beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "indexer/ingest/ingest.h"
#include "tests/support/block_builder.h"
#include "tests/support/fault_file_system.h"

namespace coinwake {
namespace {

using synthetic::BlockBuilder;
using synthetic::BuiltBlock;
using synthetic::Bytes;
using synthetic::Transaction;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t kFromHeight = 500;

Hash256 HashOf(std::uint64_t number) {
  Hash256 hash;
  StoreLe(hash.bytes.data(), number);
  hash.bytes[31] = 0x44;
  return hash;
}

void Append(ByteSpan bytes, Bytes* to) { to->insert(to->end(), bytes.begin(), bytes.end()); }

void AppendRecord(ByteSpan bytes, Bytes* file) {
  Append(synthetic::kRegtestMagic, file);
  std::uint8_t size[4];
  StoreLe(size, static_cast<std::uint32_t>(bytes.size()));
  Append(size, file);
  Append(bytes, file);
}

// The undo record of a block whose only payment spends one output of 50 coins.
void AppendUndo(const Hash256& parent, const Bytes& script, Bytes* file) {
  // One transaction, one input, no height; 50 coins and the script's size as Core's VARINT.
  Bytes undo = {1, 1, 0, 0x32, static_cast<std::uint8_t>(script.size() + 6)};
  Append(script, &undo);
  AppendRecord(undo, file);
  Append(DoubleSha256({parent.bytes, undo}).bytes, file);
}

std::string AsText(const Bytes& bytes) { return std::string(bytes.begin(), bytes.end()); }

// A chain that begins in mid-air; block 0 of it has height kFromHeight.
class WindowChain {
 public:
  WindowChain() { Add({}); }

  const BuiltBlock& Add(const std::vector<Transaction>& transactions) {
    BlockBuilder builder(tip(), kFromHeight + static_cast<std::uint32_t>(blocks_.size()),
                         1'700'000'000);
    for (const Transaction& transaction : transactions) builder.Add(Serialize(transaction));
    blocks_.push_back(builder.Finish({{50 * synthetic::kCoin, {0x51}}}));
    return blocks_.back();
  }
  Hash256 tip() const { return blocks_.empty() ? HashOf(1) : blocks_.back().hash; }
  const std::vector<BuiltBlock>& blocks() const { return blocks_; }

 private:
  std::vector<BuiltBlock> blocks_;
};

Transaction SpendOlder(std::uint64_t number, Bytes script_sig, std::vector<Bytes> witness = {}) {
  Transaction transaction;
  transaction.inputs.push_back(
      {HashOf(number), 0, std::move(script_sig), 0xffffffff, std::move(witness)});
  transaction.outputs.push_back({synthetic::kCoin, {0x51}});
  return transaction;
}

absl::StatusOr<IngestReport> Index(FileSystem& files, Progress* progress = nullptr) {
  IngestOptions options;
  options.blocks_folder = "/blocks";
  options.data_folder = "/data";
  options.memory_mib = kMinMemoryMib;
  options.progress = progress;
  return IndexBitcoin(files, options);
}

// Indexes a window whose second block spends an output of `script` so.
IngestReport IndexSpend(const Bytes& script, const Transaction& spend) {
  WindowChain chain;
  Bytes undo;
  AppendUndo(chain.tip(), script, &undo);
  chain.Add({spend});
  Bytes blocks;
  for (const BuiltBlock& block : chain.blocks()) AppendRecord(block.bytes, &blocks);
  FaultFileSystem files;
  files.SetContents("/blocks/blk00000.dat", AsText(blocks));
  files.SetContents("/blocks/rev00000.dat", AsText(undo));
  const auto report = Index(files);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : IngestReport();
}

Bytes SomeKey() {
  Bytes key(33, 0x11);
  key[0] = 2;
  return key;
}

Bytes SignatureAndKey(std::initializer_list<std::uint8_t> then) {
  Bytes script_sig;
  synthetic::AppendPush(Bytes(71, 0x30), &script_sig);
  synthetic::AppendPush(SomeKey(), &script_sig);
  script_sig.insert(script_sig.end(), then);
  return script_sig;
}

TEST(WindowUndo, TakesEverySpendThatWasValidOnce) {
  const Bytes to_hash = synthetic::PayToPubkeyHash(ComputeHash160(SomeKey()));
  const Bytes to_witness = synthetic::PayToWitnessKeyHash(ComputeHash160(SomeKey()));
  const Bytes to_taproot = synthetic::PayToTaproot(Bytes(32, 7));
  const struct {
    const char* name;
    Bytes script;
    Transaction spend;
  } cases[] = {
      {"P2PKH", to_hash, SpendOlder(2, SignatureAndKey({}))},
      {"P2PKH, then OP_NOP", to_hash, SpendOlder(2, SignatureAndKey({0x61}))},
      {"P2PKH, then OP_CODESEPARATOR", to_hash, SpendOlder(2, SignatureAndKey({0xab}))},
      {"P2WPKH", to_witness, SpendOlder(2, {}, {Bytes(71, 0x30), SomeKey()})},
      {"P2WPKH before BIP141", to_witness, SpendOlder(2, {})},
      {"P2WSH before BIP141", synthetic::PayToWitnessScriptHash(HashOf(9)), SpendOlder(2, {0x51})},
      {"taproot", to_taproot, SpendOlder(2, {}, {Bytes(64, 1)})},
      {"taproot before BIP341", to_taproot, SpendOlder(2, {})},
      {"a number as redeem script, before BIP16",
       synthetic::PayToScriptHash(ComputeHash160(Bytes{1})), SpendOlder(2, {0x51})},
      {"nonstandard", {0x52}, SpendOlder(2, {})},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const IngestReport report = IndexSpend(one.script, one.spend);
    EXPECT_EQ(report.from_height, kFromHeight);
    EXPECT_EQ(report.unresolved_inputs, 0u);
    EXPECT_THAT(report.warnings, IsEmpty());
  }
}

TEST(WindowUndo, RefusesARecordThatAnInputContradictsAndSaysSo) {
  const Bytes other_key(33, 0x12);
  const Bytes to_hash = synthetic::PayToPubkeyHash(ComputeHash160(other_key));
  const Bytes to_witness = synthetic::PayToWitnessKeyHash(ComputeHash160(other_key));
  const std::vector<Bytes> witness = {Bytes(71, 0x30), SomeKey()};
  const struct {
    const char* name;
    Bytes script;
    Transaction spend;
  } cases[] = {
      {"another key's hash", to_hash, SpendOlder(2, SignatureAndKey({}))},
      {"P2PKH with a witness", to_hash, SpendOlder(2, SignatureAndKey({0x61}), witness)},
      {"another redeem script", synthetic::PayToScriptHash(ComputeHash160(other_key)),
       SpendOlder(2, SignatureAndKey({}))},
      {"P2SH by nothing", synthetic::PayToScriptHash(ComputeHash160(Bytes{})), SpendOlder(2, {})},
      {"another witness key", to_witness, SpendOlder(2, {}, witness)},
      {"another witness script", synthetic::PayToWitnessScriptHash(HashOf(9)),
       SpendOlder(2, {}, witness)},
      {"taproot with a signature script", synthetic::PayToTaproot(Bytes(32, 7)),
       SpendOlder(2, {0x51}, witness)},
      {"P2PK by nothing", synthetic::PayToPubkey(SomeKey()), SpendOlder(2, {})},
      {"nothing spends OP_RETURN", {0x6a}, SpendOlder(2, {0x51})},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const IngestReport report = IndexSpend(one.script, one.spend);
    EXPECT_EQ(report.unresolved_inputs, 1u);
    EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("1 inputs spend outputs that no")));
  }
  // Worth less than what is paid on.
  Transaction rich = SpendOlder(2, {});
  rich.outputs[0].value = 51 * synthetic::kCoin;
  EXPECT_EQ(IndexSpend({0x52}, rich).unresolved_inputs, 1u);
}

// Where any input of a block has a witness, BIP141 is in force and no witness program does without.
TEST(WindowUndo, AsksForAWitnessWhereBlocksHaveThem) {
  const Bytes script = synthetic::PayToWitnessKeyHash(ComputeHash160(SomeKey()));
  for (const bool with_witness : {false, true}) {
    WindowChain made;
    Bytes undo = {2, 1, 0, 0x32, static_cast<std::uint8_t>(script.size() + 6)};
    Append(script, &undo);
    Append(Bytes{1, 0, 0x32, 7, 0x52}, &undo);
    Bytes rev;
    AppendRecord(undo, &rev);
    Append(DoubleSha256({made.tip().bytes, undo}).bytes, &rev);
    made.Add({SpendOlder(2, {}),
              SpendOlder(3, {}, with_witness ? std::vector<Bytes>{{1}} : std::vector<Bytes>{})});
    Bytes blocks;
    for (const BuiltBlock& block : made.blocks()) AppendRecord(block.bytes, &blocks);
    FaultFileSystem files;
    files.SetContents("/blocks/blk00000.dat", AsText(blocks));
    files.SetContents("/blocks/rev00000.dat", AsText(rev));
    const auto report = Index(files);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->unresolved_inputs, with_witness ? 2u : 0u);
  }
}

TEST(WindowUndo, FindsRecordsOfBlocksThatAlternateBetweenFiles) {
  WindowChain chain;
  Bytes blocks[2];
  Bytes undos[2];
  AppendRecord(chain.blocks().front().bytes, &blocks[0]);
  for (std::uint64_t i = 0; i < 40; ++i) {
    AppendUndo(chain.tip(), {0x52, static_cast<std::uint8_t>(i)}, &undos[i % 2]);
    AppendRecord(chain.Add({SpendOlder(10 + i, {})}).bytes, &blocks[i % 2]);
  }
  FaultFileSystem files;
  for (int file = 0; file < 2; ++file) {
    files.SetContents("/blocks/blk0000" + std::to_string(file) + ".dat", AsText(blocks[file]));
    undos[file].resize(1 << 20);  // preallocated, as a node leaves it
    files.SetContents("/blocks/rev0000" + std::to_string(file) + ".dat", AsText(undos[file]));
  }
  const auto report = Index(files);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->inputs, 40u);
  EXPECT_EQ(report->unresolved_inputs, 0u);
}

class CountingCommits final : public Progress {
 public:
  void Committed(std::uint64_t) override { ++commits; }
  int commits = 0;
};

// What inputs from before a window take in memory ends a batch, too.
TEST(WindowUndo, CountsOlderInputsInTheMemoryOfABatch) {
  constexpr int kBlocks = 8;
  constexpr std::uint64_t kInputs = 20'000;
  WindowChain chain;
  for (int block = 0; block < kBlocks; ++block) {
    Transaction transaction = SpendOlder(0, {});
    transaction.inputs.clear();
    for (std::uint64_t i = 0; i < kInputs; ++i) {
      transaction.inputs.push_back({HashOf(100 + block * kInputs + i), 0, {}, 0xffffffff, {}});
    }
    chain.Add({transaction});
  }
  Bytes blocks;
  for (const BuiltBlock& block : chain.blocks()) AppendRecord(block.bytes, &blocks);
  FaultFileSystem files;
  files.SetContents("/blocks/blk00000.dat", AsText(blocks));
  CountingCommits progress;
  const auto report = Index(files, &progress);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->unresolved_inputs, kBlocks * kInputs);
  EXPECT_THAT(report->warnings, ElementsAre(HasSubstr("160000 inputs")));
  EXPECT_GE(progress.commits, 2);
}

}  // namespace
}  // namespace coinwake
