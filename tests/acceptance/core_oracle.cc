#include "tests/acceptance/core_oracle.h"

#include <cmath>
#include <set>

#include "gtest/gtest.h"
#include "tests/support/gzip.h"

namespace coinwake::acceptance {
namespace {

// A field that Core leaves out has to be left out by the answer too.
std::string TextOr(const Json& object, const char* field) {
  return object.contains(field) ? object.at(field).get<std::string>() : "(none)";
}

std::string NameOf(const Json& script) {
  return script.contains("address") ? script.at("address").get<std::string>()
                                    : "script:" + script.at("hex").get<std::string>();
}

void ExpectScript(const Json& answer, const Json& script, const std::string& where) {
  EXPECT_EQ(answer.at("script_type"), script.at("type")) << where;
  EXPECT_EQ(TextOr(answer, "address"), TextOr(script, "address")) << where;
  const bool keyed = script.at("type") == "pubkey" || script.at("type") == "multisig";
  EXPECT_EQ(!answer.at("key_addresses").empty(), keyed) << where;
  EXPECT_EQ(answer.contains("key_address"), script.at("type") == "pubkey") << where;
}

void ExpectInput(const Json& answer, const Json& oracle, std::uint64_t from_height,
                 bool foreign_known, const std::string& where) {
  EXPECT_EQ(answer.at("txid"), oracle.at("txid")) << where;
  EXPECT_EQ(answer.at("vout"), oracle.at("vout")) << where;
  const Json& prevout = oracle.at("prevout");
  const bool known = foreign_known || prevout.at("height").get<std::uint64_t>() >= from_height;
  EXPECT_EQ(answer.at("resolved").get<bool>(), known) << where;
  if (!known) {
    EXPECT_FALSE(answer.contains("value") || answer.contains("address") ||
                 answer.contains("script_type"))
        << where << " says more than it can know";
    return;
  }
  EXPECT_EQ(answer.at("value"), std::to_string(Satoshi(prevout.at("value")))) << where;
  ExpectScript(answer, prevout.at("scriptPubKey"), where);
}

void ExpectOutput(const Json& answer, const Json& oracle, const CoreChain& chain,
                  const std::string& txid) {
  const std::uint64_t vout = oracle.at("n");
  const std::string where = txid + ":" + std::to_string(vout);
  EXPECT_EQ(answer.at("vout"), vout) << where;
  EXPECT_EQ(answer.at("value"), std::to_string(Satoshi(oracle.at("value")))) << where;
  ExpectScript(answer, oracle.at("scriptPubKey"), where);
  const auto spend = chain.spends().find({txid, vout});
  ASSERT_EQ(answer.contains("spent_by"), spend != chain.spends().end()) << where;
  if (spend == chain.spends().end()) return;
  EXPECT_EQ(answer.at("spent_by").at("txid"), spend->second.txid) << where;
  EXPECT_EQ(answer.at("spent_by").at("input"), spend->second.input) << where;
}

void ExpectTransaction(const Json& answer, const Json& oracle, const CoreChain& chain,
                       std::uint64_t from_height, bool foreign_known) {
  const std::string txid = oracle.at("txid");
  const bool coinbase = oracle.at("vin").at(0).contains("coinbase");
  EXPECT_EQ(answer.at("version"), oracle.at("version")) << txid;
  EXPECT_EQ(answer.at("locktime"), oracle.at("locktime")) << txid;
  EXPECT_EQ(NumberOf(answer.at("size")), oracle.at("size").get<std::uint64_t>()) << txid;
  EXPECT_EQ(NumberOf(answer.at("weight")), oracle.at("weight").get<std::uint64_t>()) << txid;
  EXPECT_EQ(answer.at("coinbase").get<bool>(), coinbase) << txid;
  ASSERT_EQ(answer.at("inputs").size(), coinbase ? 0U : oracle.at("vin").size()) << txid;
  bool all_known = true;
  for (std::size_t i = 0; i < answer.at("inputs").size(); ++i) {
    const Json& input = answer.at("inputs")[i];
    ExpectInput(input, oracle.at("vin")[i], from_height, foreign_known,
                txid + " input " + std::to_string(i));
    all_known = all_known && input.at("resolved").get<bool>();
  }
  ASSERT_EQ(answer.at("outputs").size(), oracle.at("vout").size()) << txid;
  for (std::size_t i = 0; i < answer.at("outputs").size(); ++i) {
    ExpectOutput(answer.at("outputs")[i], oracle.at("vout")[i], chain, txid);
  }
  ASSERT_EQ(answer.contains("fee"), !coinbase && all_known) << txid;
  if (answer.contains("fee")) {
    EXPECT_EQ(answer.at("fee"), std::to_string(Satoshi(oracle.at("fee")))) << txid;
  }
}

}  // namespace

std::uint64_t Satoshi(const Json& amount) {
  return static_cast<std::uint64_t>(std::llround(amount.get<double>() * 1e8));
}

std::uint64_t NumberOf(const Json& text) {
  return text.is_string() ? std::stoull(text.get<std::string>()) : text.get<std::uint64_t>();
}

CoreChain::CoreChain(const std::string& path) {
  for (const std::string& line : ReadLinesMaybeGzip(path)) {
    Json block = Json::parse(line);
    if (block.at("confirmations").get<std::int64_t>() <= 0) {
      stale_.push_back(std::move(block));
      continue;
    }
    EXPECT_EQ(block.at("height").get<std::size_t>(), blocks_.size()) << "the listing has a gap";
    for (const Json& transaction : block.at("tx")) AddTransaction(transaction, blocks_.size());
    blocks_.push_back(std::move(block));
  }
}

void CoreChain::AddTransaction(const Json& transaction, std::uint64_t height) {
  constexpr std::size_t kMaxScriptHex = 20'000;  // longer ones are provably unspendable
  const std::string txid = transaction.at("txid");
  std::set<std::string> touched;
  const auto touch = [&](const Json& script) -> Sums& {
    const std::string hex = script.at("hex");
    Sums& sums = sums_[hex];
    if (touched.insert(hex).second) {
      if (sums.transactions++ == 0) sums.first_height = height;
      sums.last_height = height;
      sums.name = NameOf(script);
      sums.type = script.at("type");
    }
    return sums;
  };
  std::uint64_t index = 0;
  for (const Json& input : transaction.at("vin")) {
    if (!input.contains("coinbase")) {
      const Outpoint outpoint{input.at("txid"), input.at("vout")};
      spends_[outpoint] = {txid, index, height};
      unspent_.erase(outpoint);
      touch(input.at("prevout").at("scriptPubKey")).sent +=
          Satoshi(input.at("prevout").at("value"));
    }
    ++index;
  }
  for (const Json& output : transaction.at("vout")) {
    const Json& script = output.at("scriptPubKey");
    const std::string hex = script.at("hex");
    touch(script).received += Satoshi(output.at("value"));
    if (height == 0 || hex.starts_with("6a") || hex.size() > kMaxScriptHex) continue;
    unspent_[{txid, output.at("n")}] = {hex, Satoshi(output.at("value")), height};
  }
}

void ExpectBlock(const Json& answer, const Json& oracle, const CoreChain& chain,
                 std::uint64_t from_height, bool foreign_known) {
  const std::string hash = oracle.at("hash");
  EXPECT_EQ(answer.at("block_hash"), hash);
  EXPECT_EQ(NumberOf(answer.at("height")), oracle.at("height").get<std::uint64_t>()) << hash;
  EXPECT_EQ(NumberOf(answer.at("time")), oracle.at("time").get<std::uint64_t>()) << hash;
  EXPECT_EQ(answer.at("merkle_root"), oracle.at("merkleroot")) << hash;
  EXPECT_EQ(answer.at("bits"), oracle.at("bits")) << hash;
  EXPECT_EQ(answer.at("nonce"), oracle.at("nonce")) << hash;
  EXPECT_EQ(answer.at("version"), oracle.at("version")) << hash;
  EXPECT_EQ(NumberOf(answer.at("size")), oracle.at("size").get<std::uint64_t>()) << hash;
  EXPECT_EQ(NumberOf(answer.at("weight")), oracle.at("weight").get<std::uint64_t>()) << hash;
  const Json& transactions = answer.at("transactions");
  ASSERT_EQ(transactions.size(), oracle.at("tx").size()) << hash;
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    ASSERT_EQ(transactions[i].at("txid"), oracle.at("tx")[i].at("txid")) << hash;
    EXPECT_EQ(NumberOf(transactions[i].at("index")), i) << hash;
    ExpectTransaction(transactions[i], oracle.at("tx")[i], chain, from_height, foreign_known);
  }
}

}  // namespace coinwake::acceptance
