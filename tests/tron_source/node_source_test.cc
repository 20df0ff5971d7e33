// Goal: a node gives its chain with receipts whatever it and the network do meanwhile, or one line
// says what is wrong. Method: a node in this process, on a free port, that fails, waits, lies and
// changes its chain as each test says.
#include "indexer/tron_source/node_source.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "indexer/tron_source/block_source.h"
#include "indexer/tron_source/messages.h"
#include "tests/support/matchers.h"
#include "tests/tron_source/fake_node.h"
#include "tests/tron_source/test_blocks.h"
#include "tron/api.pb.h"

namespace coinwake::tron {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Form = RawBlock::Receipts;
using Method = FakeNode::Method;
using Code = grpc::StatusCode;

SourceOptions Quick() {
  return {.retries = 3,
          .backoff_ms = 1,
          .call_timeout_ms = 5000,
          .blocks_per_call = 4,
          .calls_in_flight = 3};
}

NodeFault Fails(Code code) { return {.code = code}; }
NodeFault Waits(int ms) { return {.delay = std::chrono::milliseconds(ms)}; }
NodeFault Changes(std::function<void(std::string*)> change) {
  return {.change = std::move(change)};
}
NodeFault Empties() {
  return Changes([](std::string* bytes) { bytes->clear(); });
}
// The last block of the list is cut short.
NodeFault Truncates() {
  return Changes([](std::string* bytes) {
    protocol::BlockList list;
    list.ParseFromString(*bytes);
    list.mutable_block(list.block_size() - 1)->resize(20);
    *bytes = list.SerializeAsString();
  });
}

class NodeSource : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<BlockSource>> Open(const SourceOptions& options = Quick()) {
    return OpenBlockSource(RealFileSystem(), node_.place(), options);
  }
  static void ExpectBlock(BlockSource& source, const TestBlock& expected,
                          Form form = Form::kInfoList) {
    SCOPED_TRACE(testing::Message() << "block " << expected.number);
    RawBlock block;
    ASSERT_OK(source.Read(expected.number, &block));
    EXPECT_EQ(block.block, expected.block);
    if (expected.txids.empty() || expected.number == 0) form = Form::kNone;
    EXPECT_EQ(block.receipts_form, form);
    EXPECT_EQ(block.receipts, form == Form::kNone ? "" : expected.info_list);
    EXPECT_THAT(source.BlockId(expected.number), IsOkAndHolds(expected.id));
  }

  const std::vector<TestBlock> chain_ = MakeTestChain({}, 0, 30);
  FakeNode node_{chain_};
};

TEST_F(NodeSource, GivesBlocksWithReceiptsReadAhead) {
  node_.SetSolid(20);
  for (const int blocks_per_call : {1, 7, 100, 1000}) {
    SCOPED_TRACE(testing::Message() << blocks_per_call << " blocks a call");
    SourceOptions options = Quick();
    options.blocks_per_call = blocks_per_call;
    ASSERT_OK_AND_ASSIGN(const auto source, Open(options));
    ASSERT_OK_AND_ASSIGN(const SourceRange range, source->Range());
    EXPECT_EQ(range.first, 0U);
    EXPECT_EQ(range.last, 29U);
    EXPECT_EQ(range.solid, 20U);
    const int before = node_.calls(Method::kBlocks);
    for (const TestBlock& block : chain_) ExpectBlock(*source, block);
    EXPECT_EQ(node_.calls(Method::kBlocks) - before, blocks_per_call == 1   ? 30
                                                     : blocks_per_call == 7 ? 5
                                                                            : 1);
    ExpectBlock(*source, chain_[3]);
    EXPECT_THAT(source->report().warnings, IsEmpty());
  }
}

TEST_F(NodeSource, GrowsWithTheNode) {
  node_.SetChain({chain_.begin(), chain_.begin() + 10});
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  EXPECT_EQ(source->Range()->last, 9U);
  ExpectBlock(*source, chain_[9]);
  node_.SetChain(chain_);
  EXPECT_EQ(source->Range()->last, 29U);
  ExpectBlock(*source, chain_[10]);
}

TEST_F(NodeSource, TriesAgainWhatFails) {
  SourceOptions options = Quick();
  options.call_timeout_ms = 300;
  ASSERT_OK_AND_ASSIGN(const auto source, Open(options));
  node_.FailNext(Method::kBlocks, {Fails(Code::UNAVAILABLE), Waits(2000), Truncates()});
  node_.FailNext(Method::kInfos,
                 {Fails(Code::RESOURCE_EXHAUSTED), Fails(Code::INTERNAL), Empties()});
  for (const TestBlock& block : chain_) ExpectBlock(*source, block);
  EXPECT_THAT(source->report().warnings, IsEmpty());
}

TEST_F(NodeSource, GivesUpInOneLineAfterTheLastTry) {
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  RawBlock block;
  const auto expect = [&](Method method, const NodeFault& fault, const std::string& text) {
    node_.FailAll(method, fault);
    const absl::Status status = source->Read(1, &block);
    EXPECT_THAT(status,
                StatusIs(absl::StatusCode::kUnavailable,
                         AllOf(HasSubstr(node_.place()), HasSubstr(text), Not(HasSubstr("\n")))));
    node_.FailAll(method, std::nullopt);
  };
  const int before = node_.calls(Method::kBlocks);
  expect(Method::kBlocks, Fails(Code::UNAVAILABLE), "as the test says");
  EXPECT_EQ(node_.calls(Method::kBlocks) - before, 4);  // once, and three times again
  expect(Method::kBlocks, Fails(Code::RESOURCE_EXHAUSTED), "ask a node of your own");
  expect(Method::kInfos, Fails(Code::UNKNOWN), "node's log");
  ExpectBlock(*source, chain_[1]);
}

TEST_F(NodeSource, SaysWhenTheNodeIsTooSlow) {
  SourceOptions options = Quick();
  options.call_timeout_ms = 50;
  options.retries = 1;
  node_.FailAll(Method::kNowBlock, Waits(1000));
  EXPECT_THAT(Open(options),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no answer in 50 ms")));
}

TEST_F(NodeSource, TellsDamageFromWhatIsMissing) {
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  RawBlock block;
  node_.FailAll(Method::kBlocks, Truncates());
  EXPECT_THAT(source->Read(1, &block), StatusIs(absl::StatusCode::kDataLoss));
  node_.FailAll(Method::kBlocks, Changes([](std::string* bytes) {
                  *bytes = "\x0a\x02no";  // a list of what is no block
                }));
  EXPECT_THAT(source->BlockId(1), StatusIs(absl::StatusCode::kDataLoss));
  node_.FailAll(Method::kBlocks, std::nullopt);
  node_.FailAll(Method::kInfos,
                Changes([](std::string* bytes) { bytes->resize(bytes->size() / 2); }));
  EXPECT_THAT(source->Read(1, &block), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(NodeSource, SaysThatABlockIsNotThereYet) {
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  RawBlock block;
  EXPECT_THAT(source->Read(30, &block), StatusIs(absl::StatusCode::kNotFound, HasSubstr("30")));
  EXPECT_THAT(source->BlockId(30), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(source->BlockId(~std::uint64_t{0}), StatusIs(absl::StatusCode::kNotFound));
  // It comes while it is asked for.
  const auto longer = MakeTestChain({}, 0, 31);
  std::atomic<int> asked = 0;
  node_.Before(Method::kBlocks, [&](FakeNode& node) {
    if (++asked == 3) node.SetChain(longer);
  });
  ExpectBlock(*source, longer[30]);
}

TEST_F(NodeSource, ReportsAChangeOfTheChainAndGoesOn) {
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  for (int i = 0; i < 8; ++i) ExpectBlock(*source, chain_[static_cast<std::size_t>(i)]);
  std::vector<TestBlock> changed(chain_.begin(), chain_.begin() + 6);
  for (const TestBlock& block : MakeTestChain(chain_[5].id, 6, 30, 3)) changed.push_back(block);
  node_.SetChain(changed);
  RawBlock block;
  EXPECT_THAT(source->Read(8, &block), StatusIs(absl::StatusCode::kAborted, HasSubstr("block 8")));
  EXPECT_THAT(source->BlockId(7), IsOkAndHolds(changed[7].id));
  EXPECT_THAT(source->BlockId(5), IsOkAndHolds(chain_[5].id));
  for (std::size_t i = 6; i < changed.size(); ++i) ExpectBlock(*source, changed[i]);
}

TEST_F(NodeSource, DoesNotTakeAListOfTwoChainsForOne) {
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  const auto fork = MakeTestChain(chain_[1].id, 2, 30, 4);
  std::vector<TestBlock> mixed = chain_;
  std::copy(fork.begin(), fork.begin() + 2, mixed.begin() + 2);  // 2 and 3, where 4 does not follow
  node_.SetChain(mixed);
  ExpectBlock(*source, chain_[0]);
  ExpectBlock(*source, chain_[1]);
  ExpectBlock(*source, fork[0]);
  ExpectBlock(*source, fork[1]);
  RawBlock block;
  EXPECT_THAT(source->Read(4, &block), StatusIs(absl::StatusCode::kAborted));
}

TEST_F(NodeSource, NoticesAChangeBetweenBlocksAndTheirReceipts) {
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  const auto changed = MakeTestChain({}, 0, 30, 8);
  node_.Before(Method::kInfos, [&](FakeNode& node) { node.SetChain(changed); });
  RawBlock block;
  EXPECT_THAT(source->Read(1, &block), StatusIs(absl::StatusCode::kAborted));
  for (const TestBlock& expected : changed) ExpectBlock(*source, expected);
}

TEST_F(NodeSource, GoesWithoutReceiptsThatStayWrongOrAwayFarBelowTheHead) {
  const auto chain = MakeTestChain({}, 0, 650);
  std::vector<TestBlock> lacking = chain;
  lacking[5].info_list.clear();
  AppendInfo(lacking[5].infos[0], &lacking[5].info_list);  // one of two
  lacking[7].info_list = chain[10].info_list;              // others
  node_.SetChain(lacking);
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  for (std::size_t i = 0; i < chain.size(); ++i) {
    ExpectBlock(*source, chain[i], i == 5 || i == 7 ? Form::kNone : Form::kInfoList);
  }
  EXPECT_EQ(source->report().blocks_without_receipts, 2U);
  EXPECT_THAT(source->report().warnings,
              ElementsAre(HasSubstr("receipts of block 5"), HasSubstr("receipts of block 7")));
  // Asked for one block, it asks the node once, and notices when they have come.
  const int calls = node_.calls(Method::kInfos);
  EXPECT_THAT(source->HasReceipts(5), IsOkAndHolds(false));
  EXPECT_THAT(source->HasReceipts(7), IsOkAndHolds(false));
  EXPECT_EQ(node_.calls(Method::kInfos), calls + 2);
  node_.SetChain(chain);
  EXPECT_THAT(source->HasReceipts(7), IsOkAndHolds(true));
}

// A node that lags behind itself: a block indexed without receipts would stay without.
TEST_F(NodeSource, EndsBeforeBlocksNearTheHeadWhoseReceiptsAreAway) {
  const auto chain = MakeTestChain({}, 0, 100);
  std::size_t first = 90;
  while (chain[first].infos.empty()) ++first;
  for (const bool all_above : {false, true}) {
    SCOPED_TRACE(all_above);
    std::vector<TestBlock> lacking = chain;
    for (std::size_t i = first; i < (all_above ? chain.size() : first + 1); ++i) {
      lacking[i].info_list.clear();
    }
    // From the first block on, and from where a run before has ended.
    for (const std::size_t begin : {std::size_t{0}, first}) {
      SCOPED_TRACE(begin);
      node_.SetChain(lacking);
      ASSERT_OK_AND_ASSIGN(const auto source, Open());
      for (std::size_t i = begin; i < first; ++i) ExpectBlock(*source, chain[i], Form::kInfoList);
      RawBlock block;
      const absl::Status status = source->Read(first, &block);
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kAborted, HasSubstr("ends before block")));
      ASSERT_OK_AND_ASSIGN(const SourceRange range, source->Range());
      EXPECT_EQ(range.last, first - 1);
      EXPECT_THAT(source->report().warnings, ElementsAre(HasSubstr("run again later")));
      EXPECT_EQ(source->report().blocks_without_receipts, 0U);
      node_.SetChain(chain);
      ASSERT_OK_AND_ASSIGN(const auto later, Open());
      for (std::size_t i = first; i < chain.size(); ++i) ExpectBlock(*later, chain[i]);
    }
  }
}

TEST_F(NodeSource, StopsAskingANodeThatKeepsNoReceipts) {
  const auto chain = MakeTestChain({}, 0, 100);
  node_.SetChain(chain);
  node_.FailAll(Method::kInfos, Empties());
  SourceOptions options = Quick();
  options.blocks_per_call = 20;
  ASSERT_OK_AND_ASSIGN(const auto source, Open(options));
  for (const TestBlock& block : chain) ExpectBlock(*source, block, Form::kNone);
  const int with_transactions = 66;
  EXPECT_EQ(source->report().blocks_without_receipts, 66U);
  EXPECT_LT(node_.calls(Method::kInfos), with_transactions + 3 * 14);
  // And takes them again once there are any.
  node_.FailAll(Method::kInfos, std::nullopt);
  ExpectBlock(*source, chain[1]);
}

TEST_F(NodeSource, FindsWhereALiteNodeBegins) {
  for (const std::size_t first : {1U, 2U, 13U, 29U}) {
    for (const bool has_genesis : {false, true}) {
      SCOPED_TRACE(testing::Message() << first << (has_genesis ? " and genesis" : ""));
      std::vector<TestBlock> lite(chain_.begin() + static_cast<std::ptrdiff_t>(first),
                                  chain_.end());
      if (has_genesis) lite.push_back(chain_[0]);
      node_.SetChain(lite);
      ASSERT_OK_AND_ASSIGN(const auto source, Open());
      EXPECT_EQ(source->Range()->first, has_genesis && first == 1 ? 0 : first);
    }
  }
  node_.SetChain({chain_[0], chain_[1]});
  ASSERT_OK_AND_ASSIGN(const auto two, Open());
  EXPECT_EQ(two->Range()->first, 0U);
  node_.SetChain({chain_[0]});
  ASSERT_OK_AND_ASSIGN(const auto source, Open());
  EXPECT_EQ(source->Range()->first, 0U);
  EXPECT_EQ(source->Range()->last, 0U);
}

TEST_F(NodeSource, AsksWhatIsSolidWhereverThatIsServed) {
  const auto chain = MakeTestChain({}, 0, 100);
  FakeNode solidity(chain, {.solidity = true, .database = false});
  solidity.SetSolid(70);
  FakeNode neither(chain, {.database = false});
  const auto solid = [](const FakeNode& node) {
    auto source = OpenBlockSource(RealFileSystem(), node.place(), Quick());
    EXPECT_OK(source);
    return (*source)->Range()->solid;
  };
  EXPECT_EQ(solid(solidity), 70U);
  EXPECT_EQ(solid(neither), 99U - 54);
}

TEST(NodePlace, IsNamedInOneLineWhenItIsNoNode) {
  for (const char* place :
       {"grpc://", "grpc://host", "grpc://:50051", "grpc://host:0", "grpc://host:65536",
        "grpc://host:port", "grpc://::1:50051", "grpc://host:50051/x"}) {
    EXPECT_THAT(OpenBlockSource(RealFileSystem(), place, Quick()),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(place), HasSubstr("grpc://HOST:PORT"))));
  }
  const FakeNode other({}, {.wallet = false});
  EXPECT_THAT(OpenBlockSource(RealFileSystem(), other.place(), Quick()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("protocol.Wallet")));
  EXPECT_THAT(OpenBlockSource(RealFileSystem(), "grpc://127.0.0.1:1", Quick()),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("grpc://127.0.0.1:1: "), HasSubstr("start the node"))));
  const FakeNode empty({});
  EXPECT_THAT(OpenBlockSource(RealFileSystem(), empty.place(), Quick()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no block yet")));
}

class StopWhen final : public Progress {
 public:
  std::atomic<bool> stop = false;
  bool StopRequested() const override { return stop; }
};

TEST_F(NodeSource, StopsWhenAskedThoughTheNodeIsSilent) {
  StopWhen progress;
  SourceOptions options = Quick();
  options.progress = &progress;
  options.call_timeout_ms = 60'000;
  ASSERT_OK_AND_ASSIGN(const auto source, Open(options));
  node_.FailAll(Method::kBlocks, Waits(60'000));
  node_.Before(Method::kBlocks, [&](FakeNode&) { progress.stop = true; });
  RawBlock block;
  EXPECT_THAT(source->Read(1, &block), StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace coinwake::tron
