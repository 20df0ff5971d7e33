// Goal: token events are told apart by topic and shape, with all 256 bits of their values, and a
// known topic of another shape is counted rather than believed.
// Method: the layouts of the token standards and of USDT's source, built word by word; a real USDT
// transfer.
#include "indexer/tron/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "indexer/base/hex.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"

namespace coinwake::tron {
namespace {

Hash256 Word(std::uint8_t last, std::uint8_t first = 0) {
  Hash256 word;
  word.bytes[31] = last;
  word.bytes[0] = first;
  return word;
}
Address AddressEnding(std::uint8_t last) {
  Address address;
  address.bytes[20] = last;
  return address;
}

// A log with the topic of `signature`, further topics and words of data.
Log LogOf(std::string_view signature, const std::vector<Hash256>& topics,
          const std::vector<Hash256>& data) {
  Log log;
  log.topics.push_back(Keccak256(SpanOf(signature)));
  log.topics.insert(log.topics.end(), topics.begin(), topics.end());
  for (const Hash256& word : data) log.data.append(word.bytes.begin(), word.bytes.end());
  return log;
}
EventKind KindOf(std::string_view signature, const std::vector<Hash256>& topics,
                 const std::vector<Hash256>& data) {
  return RecogniseEvent(LogOf(signature, topics, data)).kind;
}

constexpr std::string_view kTransfer = "Transfer(address,address,uint256)";
constexpr std::string_view kDestroyed = "DestroyedBlackFunds(address,uint256)";

TEST(Event, TopicsAreThoseOfTheVectors) {
  const nlohmann::json vectors = FixtureJson("vectors/topics_selectors.json");
  const std::map<std::string, int> known = {{"Transfer(address,address,uint256)", 1},
                                            {"Issue(uint256)", 1},
                                            {"Redeem(uint256)", 1},
                                            {"AddedBlackList(address)", 1},
                                            {"RemovedBlackList(address)", 1},
                                            {"DestroyedBlackFunds(address,uint256)", 1}};
  std::size_t found = 0;
  for (const auto& [signature, topic] : vectors["events"].items()) {
    Log log;
    log.topics.push_back(*Hash256::FromHex(topic.get<std::string>()));
    log.data = "not a word";
    const bool is_known = known.contains(signature);
    EXPECT_EQ(RecogniseEvent(log).kind, is_known ? EventKind::kMalformed : EventKind::kOther)
        << signature;
    found += is_known ? 1 : 0;
  }
  EXPECT_EQ(found, known.size());
}

TEST(Event, TellsTransfersApart) {
  const Event coin = RecogniseEvent(LogOf(kTransfer, {Word(1), Word(2)}, {Word(3)}));
  EXPECT_EQ(coin.kind, EventKind::kTransfer);
  EXPECT_EQ(coin.from, AddressEnding(1));
  EXPECT_EQ(coin.to, AddressEnding(2));
  EXPECT_EQ(coin.value, 3);
  const Event token = RecogniseEvent(LogOf(kTransfer, {Word(1), Word(2), Word(3)}, {}));
  EXPECT_EQ(token.kind, EventKind::kNftTransfer);
  EXPECT_EQ(token.from, AddressEnding(1));
  EXPECT_EQ(token.to, AddressEnding(2));
  EXPECT_EQ(token.value, 3);
  const Event old = RecogniseEvent(LogOf(kTransfer, {}, {Word(1), Word(2), Word(3)}));
  EXPECT_EQ(old.kind, EventKind::kUnindexedTransfer);
  EXPECT_EQ(old.from, AddressEnding(1));
  EXPECT_EQ(old.to, AddressEnding(2));
  EXPECT_EQ(old.value, 3);
}

TEST(Event, KeepsAll256Bits) {
  Hash256 all;
  all.bytes.fill(0xff);
  const Event event = RecogniseEvent(LogOf(kTransfer, {Word(1), Word(2)}, {all}));
  EXPECT_EQ(ToDecimal(event.value),
            "115792089237316195423570985008687907853269984665640564039457584007913129639935");
  EXPECT_EQ(Uint256ToBytes(event.value), all.bytes);
  EXPECT_EQ(ToUint64(event.value), std::nullopt);
  const Event top = RecogniseEvent(LogOf(kTransfer, {Word(1), Word(2)}, {Word(0, 0x80)}));
  EXPECT_EQ(top.value, Uint256(1) << 255);
  EXPECT_EQ(ToUint64(Uint256(1) << 64), std::nullopt);
  EXPECT_EQ(ToUint64((Uint256(1) << 64) - 1), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(ToDecimal(Uint256(0)), "0");
}

TEST(Event, MasksAddressesToTwentyBytes) {
  Hash256 padded = Word(1);
  padded.bytes[11] = 0x41;  // callers pad 21 bytes too
  padded.bytes[0] = 0xff;
  EXPECT_EQ(RecogniseEvent(LogOf(kTransfer, {padded, Word(2)}, {Word(3)})).from, AddressEnding(1));
}

TEST(Event, ReadsUsdtsOwn) {
  const Event issue = RecogniseEvent(LogOf("Issue(uint256)", {}, {Word(9)}));
  EXPECT_EQ(issue.kind, EventKind::kIssue);
  EXPECT_EQ(issue.value, 9);
  const Event redeem = RecogniseEvent(LogOf("Redeem(uint256)", {}, {Word(8)}));
  EXPECT_EQ(redeem.kind, EventKind::kRedeem);
  EXPECT_EQ(redeem.value, 8);
  // Indexed on Tron, in the data on Ethereum.
  for (const bool indexed : {true, false}) {
    const auto of_account = [indexed](std::string_view signature, std::vector<Hash256> values) {
      std::vector<Hash256> data = {Word(7)};
      if (indexed) data.clear();
      data.insert(data.end(), values.begin(), values.end());
      return RecogniseEvent(
          LogOf(signature, indexed ? std::vector<Hash256>{Word(7)} : std::vector<Hash256>{}, data));
    };
    const Event added = of_account("AddedBlackList(address)", {});
    EXPECT_EQ(added.kind, EventKind::kAddedBlackList);
    EXPECT_EQ(added.from, AddressEnding(7));
    const Event removed = of_account("RemovedBlackList(address)", {});
    EXPECT_EQ(removed.kind, EventKind::kRemovedBlackList);
    EXPECT_EQ(removed.from, AddressEnding(7));
    const Event destroyed = of_account(kDestroyed, {Word(5)});
    EXPECT_EQ(destroyed.kind, EventKind::kDestroyedBlackFunds);
    EXPECT_EQ(destroyed.from, AddressEnding(7));
    EXPECT_EQ(destroyed.value, 5);
  }
}

TEST(Event, CountsOtherShapesAsMalformed) {
  const Hash256 w = Word(1);
  using Words = std::vector<Hash256>;
  for (const auto& [topics, data] : std::vector<std::pair<Words, Words>>{{{}, {}},
                                                                         {{w}, {w, w}},
                                                                         {{w, w}, {}},
                                                                         {{w, w}, {w, w}},
                                                                         {{w, w, w}, {w}},
                                                                         {{}, {w, w}}}) {
    EXPECT_EQ(KindOf(kTransfer, topics, data), EventKind::kMalformed);
  }
  EXPECT_EQ(KindOf("Issue(uint256)", {}, {w, w}), EventKind::kMalformed);
  EXPECT_EQ(KindOf("Redeem(uint256)", {}, {}), EventKind::kMalformed);
  EXPECT_EQ(KindOf("AddedBlackList(address)", {w}, {w}), EventKind::kMalformed);
  EXPECT_EQ(KindOf(kDestroyed, {w, w}, {}), EventKind::kMalformed);
  EXPECT_EQ(KindOf(kDestroyed, {w}, {w, w}), EventKind::kMalformed);
  Log ragged = LogOf(kTransfer, {w, w}, {w});
  ragged.data.pop_back();
  EXPECT_EQ(RecogniseEvent(ragged).kind, EventKind::kMalformed);
  EXPECT_EQ(RecogniseEvent(Log()).kind, EventKind::kOther);
  EXPECT_EQ(KindOf("Approval(address,address,uint256)", {w, w}, {w}), EventKind::kOther);
}

}  // namespace
}  // namespace coinwake::tron
