// The little of the chain's state without which its messages do not say what they move: the terms
// of TRC-10 tokens, the two sides of each exchange, the open orders of the market.
//
// The ledger (ledger.h) makes a RegistryChange for each thing it learns and applies it at once.
// An index keeps the changes of each transaction that has any as one small record, and gets the
// registry back by applying all records in order; to rewind, it applies those that remain to an
// empty registry.
#ifndef COINWAKE_INDEXER_TRON_TOKEN_REGISTRY_H_
#define COINWAKE_INDEXER_TRON_TOKEN_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/bytes.h"
#include "indexer/base/status.h"
#include "indexer/tron/address.h"
#include "indexer/tron/contract.h"

namespace coinwake::tron {

// A part of a token's supply that its issuer gets from `expires_ms` on.
struct FrozenPart {
  std::int64_t amount = 0;
  std::int64_t expires_ms = 0;

  friend bool operator==(const FrozenPart&, const FrozenPart&) = default;
};

// A token was issued.
struct TokenIssue {
  // Its number; its name where the receipt tells no number; empty where there is no receipt, and
  // then nothing else is said of it.
  TokenName token;
  ByteString name;
  Account issuer;
  std::int32_t trx_num = 0;  // so many sun buy `num` units
  std::int32_t num = 0;
  std::vector<FrozenPart> frozen;  // still frozen

  friend bool operator==(const TokenIssue&, const TokenIssue&) = default;
};
// The parts of a token's supply that expire at `until_ms` or before are frozen no more.
struct SupplyUnfrozen {
  TokenName token;
  std::int64_t until_ms = 0;

  friend bool operator==(const SupplyUnfrozen&, const SupplyUnfrozen&) = default;
};
// An exchange was opened between two assets, named as TokenRegistry::Resolve() does; `_` is TRX.
struct ExchangePair {
  std::int64_t id = 0;
  TokenName first;
  TokenName second;

  friend bool operator==(const ExchangePair&, const ExchangePair&) = default;
};
// An order of the market was opened and not filled at once.
struct MarketOrder {
  ByteString id;
  Account owner;
  TokenName sell_token;            // as in ExchangePair
  std::int64_t sell_quantity = 0;  // these two are its price
  std::int64_t buy_quantity = 0;
  std::int64_t left = 0;  // still to be sold; above 0

  friend bool operator==(const MarketOrder&, const MarketOrder&) = default;
};
// A part of an open order was filled, or it was cancelled; 0 left: it is gone.
struct OrderLeft {
  ByteString id;
  std::int64_t left = 0;

  friend bool operator==(const OrderLeft&, const OrderLeft&) = default;
};
// Somebody traded, and nothing tells with whom: what is left of any order is not known any more.
struct OrdersForgotten {
  friend bool operator==(const OrdersForgotten&, const OrdersForgotten&) = default;
};

using RegistryChange =
    std::variant<TokenIssue, SupplyUnfrozen, ExchangePair, MarketOrder, OrderLeft, OrdersForgotten>;

// The byte form of changes, one behind the other: a tag of one byte, then little-endian fields;
// texts, accounts and lists behind their length or count in four bytes. Decode appends to
// `changes`. kDataLoss: not such bytes; `changes` may then have some of them.
void AppendRegistryChange(const RegistryChange& change, std::string* bytes);
absl::Status DecodeRegistryChanges(ByteSpan bytes, std::vector<RegistryChange>* changes);

// Copyable; not for several threads while one writes. Memory is bounded by the chain: some thousand
// tokens and exchanges, and the open orders. Any changes may be applied: those about what is not
// there do nothing.
class TokenRegistry {
 public:
  void Apply(const RegistryChange& change);

  // How a message's token is called here: a known number stays itself; a known name becomes its
  // number (of several tokens of one name that of the first: names are unique as long as messages
  // carry them, before the proposal ALLOW_SAME_TOKEN_NAME); other text stays itself.
  // Anybody may name a token by another's number. Text that may be a number is a name only if it is
  // above the last token's, because java-tron numbers tokens one after the other: there is no such
  // number yet. Where no issue tells the last number it stays itself.
  TokenName Resolve(const TokenName& text) const;

  // nullptr: never seen. Pointers live until the next Apply().
  const TokenIssue* FindToken(const TokenName& resolved) const;
  const TokenIssue* FindTokenOf(const Account& issuer) const;  // java-tron allows each one issue
  const ExchangePair* FindExchange(std::int64_t id) const;
  const MarketOrder* FindOrder(const ByteString& id) const;

  std::size_t tokens_count() const { return tokens_.size(); }
  std::size_t exchanges_count() const { return exchanges_.size(); }
  std::size_t orders_count() const { return orders_.size(); }

  friend bool operator==(const TokenRegistry&, const TokenRegistry&) = default;

 private:
  void ApplyIssue(const TokenIssue& issue);

  absl::flat_hash_map<TokenName, TokenIssue> tokens_;
  absl::flat_hash_map<ByteString, TokenName> token_of_name_;
  absl::flat_hash_map<Account, TokenName> token_of_issuer_;
  absl::flat_hash_map<std::int64_t, ExchangePair> exchanges_;
  absl::flat_hash_map<ByteString, MarketOrder> orders_;
  std::optional<std::uint64_t> largest_number_;  // of a token; nullopt: not told
};

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_TOKEN_REGISTRY_H_
