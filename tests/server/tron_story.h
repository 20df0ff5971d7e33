// A made chain with one of each operation, and answers about it in short text.
#ifndef COINWAKE_TESTS_SERVER_TRON_STORY_H_
#define COINWAKE_TESTS_SERVER_TRON_STORY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/base/status.h"
#include "tests/server/tron_index.h"

namespace coinwake::server {

using synthetic::AssetId;
using synthetic::InventedAddress;
using synthetic::kSunPerTrx;
using synthetic::TronBlock;
using synthetic::TronChainBuilder;
using tron::Address;

inline const Address kAlice = InventedAddress(1, 1);
inline const Address kBob = InventedAddress(1, 2);
inline const Address kDave = InventedAddress(1, 4);  // these two have no account at first
inline const Address kErin = InventedAddress(1, 5);
inline const Address kHole = InventedAddress(1, 6);
inline const Address kTether = tron::ParseAddress("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t").value();
// Look alike.
inline const Address kShop = tron::ParseAddress("TCT6jNKgQ3whsaQvkdsdrETC5MdpRzRvvQ").value();
inline const Address kPoisoner = tron::ParseAddress("TCT6jVixYQMMwxFWz9JmtDp4H7zAQjRvvQ").value();

inline constexpr std::int64_t kFirstTransferFee = synthetic::kFirstTransferEnergy * 210;

// A chain of one of each, and what its transactions are called.
struct Story {
  TronChainBuilder chain{{.opening = {{kAlice, 1'000'000 * kSunPerTrx},
                                      {kBob, 2'000 * kSunPerTrx},
                                      {kHole, std::numeric_limits<std::int64_t>::min()}}}};
  AssetId usdt = 0;
  AssetId coupon = 0;
  Address router;
  std::map<std::string, Hash256> txids;

  Story();
  std::string UsdtName() const { return chain.truth().assets()[usdt].name; }
};

// Made once.
const Story& TheStory();
const AccountView& TheView();

// What short text calls accounts and assets of the story; others by their own names.
std::string Who(const std::string& name);
std::string What(const std::string& asset);
// "1 transfer alice>bob 400 usdt", "0 black_listed >bob", "3 +400 -0 usdt".
std::string Text(const v1::Transfer& transfer);
std::string Text(const v1::Fact& fact);
std::string Text(const v1::HistoryEntry& entry);
std::vector<std::string> Texts(const v1::ListHistoryResponse& history);
// Transfers and facts by their index.
std::vector<std::string> Happened(const v1::Transaction& transaction);

// Answers that must be there.
v1::Transaction Transaction(const AccountView& view, const Hash256& txid);
v1::Transaction Transaction(const std::string& name);  // of the story
v1::Block BlockAt(const AccountView& view, const std::string& block, std::uint32_t page_size = 0,
                  const std::string& page_token = "");
v1::Address AddressOf(const AccountView& view, const Address& address,
                      const std::string& asset = "");
v1::AssetSums Sums(const v1::Address& address, const std::string& asset);

struct HistoryQuestion {
  Address address;
  std::string asset = {};
  std::uint32_t page_size = 0;
  std::string page_token = {};
};
absl::StatusOr<v1::ListHistoryResponse> History(const AccountView& view,
                                                const HistoryQuestion& question);

}  // namespace coinwake::server

#endif  // COINWAKE_TESTS_SERVER_TRON_STORY_H_
