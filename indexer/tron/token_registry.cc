#include "indexer/tron/token_registry.h"

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace coinwake::tron {
namespace {

// On disk: values never change.
constexpr std::uint8_t kTokenIssueTag = 1;
constexpr std::uint8_t kSupplyUnfrozenTag = 2;
constexpr std::uint8_t kExchangePairTag = 3;
constexpr std::uint8_t kMarketOrderTag = 4;
constexpr std::uint8_t kOrderLeftTag = 5;
constexpr std::uint8_t kOrdersForgottenTag = 6;

constexpr std::size_t kFrozenPartSize = sizeof(FrozenPart::amount) + sizeof(FrozenPart::expires_ms);

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

class Writer {
 public:
  explicit Writer(std::string* bytes) : bytes_(bytes) {}

  template <std::integral T>
  Writer& Number(T value) {
    char raw[sizeof(T)];
    StoreLe(raw, value);
    bytes_->append(raw, sizeof(T));
    return *this;
  }
  Writer& Bytes(ByteSpan bytes) {
    Number(static_cast<std::uint32_t>(bytes.size()));
    bytes_->append(bytes.begin(), bytes.end());
    return *this;
  }
  Writer& Text(std::string_view text) { return Bytes(SpanOf(text)); }

 private:
  std::string* bytes_;
};

ByteString TakeText(ByteReader* reader) {
  const ByteSpan bytes = reader->ReadBytes(reader->Read<std::uint32_t>());
  return {bytes.begin(), bytes.end()};
}

Account TakeAccount(ByteReader* reader) {
  return Account(reader->ReadBytes(reader->Read<std::uint32_t>()));
}

TokenIssue TakeTokenIssue(ByteReader* reader) {
  TokenIssue issue;
  issue.token = TakeText(reader);
  issue.name = TakeText(reader);
  issue.issuer = TakeAccount(reader);
  issue.trx_num = reader->Read<std::int32_t>();
  issue.num = reader->Read<std::int32_t>();
  const auto count = reader->Read<std::uint32_t>();
  // The parts are read from a span of their own, so that a count beyond it fails before memory is
  // asked for.
  ByteReader parts(reader->ReadBytes(std::size_t{count} * kFrozenPartSize));
  while (parts.remaining() > 0) {
    FrozenPart& part = issue.frozen.emplace_back();
    part.amount = parts.Read<std::int64_t>();
    part.expires_ms = parts.Read<std::int64_t>();
  }
  return issue;
}

// What java-tron may have numbered a token: its counter begins above a million.
std::optional<std::uint64_t> NumberOf(const TokenName& text) {
  constexpr std::uint64_t kLastBelow = 1'000'000;
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number <= kLastBelow || text.front() == '0') {
    return std::nullopt;
  }
  return number;
}

// nullopt: no such tag. Whether all fields were there is told by the reader.
std::optional<RegistryChange> TakeChange(ByteReader* reader) {
  switch (reader->Read<std::uint8_t>()) {
    case kTokenIssueTag:
      return TakeTokenIssue(reader);
    case kSupplyUnfrozenTag: {
      SupplyUnfrozen unfrozen;
      unfrozen.token = TakeText(reader);
      unfrozen.until_ms = reader->Read<std::int64_t>();
      return unfrozen;
    }
    case kExchangePairTag: {
      ExchangePair pair;
      pair.id = reader->Read<std::int64_t>();
      pair.first = TakeText(reader);
      pair.second = TakeText(reader);
      return pair;
    }
    case kMarketOrderTag: {
      MarketOrder order;
      order.id = TakeText(reader);
      order.owner = TakeAccount(reader);
      order.sell_token = TakeText(reader);
      order.sell_quantity = reader->Read<std::int64_t>();
      order.buy_quantity = reader->Read<std::int64_t>();
      order.left = reader->Read<std::int64_t>();
      return order;
    }
    case kOrderLeftTag: {
      OrderLeft rest;
      rest.id = TakeText(reader);
      rest.left = reader->Read<std::int64_t>();
      return rest;
    }
    case kOrdersForgottenTag:
      return OrdersForgotten{};
    default:
      return std::nullopt;
  }
}

}  // namespace

void AppendRegistryChange(const RegistryChange& change, std::string* bytes) {
  Writer to(bytes);
  std::visit(
      Overloaded{[&to](const TokenIssue& issue) {
                   to.Number(kTokenIssueTag).Text(issue.token).Text(issue.name);
                   to.Bytes(issue.issuer.bytes()).Number(issue.trx_num).Number(issue.num);
                   to.Number(static_cast<std::uint32_t>(issue.frozen.size()));
                   for (const FrozenPart& part : issue.frozen) {
                     to.Number(part.amount).Number(part.expires_ms);
                   }
                 },
                 [&to](const SupplyUnfrozen& unfrozen) {
                   to.Number(kSupplyUnfrozenTag).Text(unfrozen.token).Number(unfrozen.until_ms);
                 },
                 [&to](const ExchangePair& pair) {
                   to.Number(kExchangePairTag).Number(pair.id).Text(pair.first).Text(pair.second);
                 },
                 [&to](const MarketOrder& order) {
                   to.Number(kMarketOrderTag).Text(order.id).Bytes(order.owner.bytes());
                   to.Text(order.sell_token).Number(order.sell_quantity);
                   to.Number(order.buy_quantity).Number(order.left);
                 },
                 [&to](const OrderLeft& rest) {
                   to.Number(kOrderLeftTag).Text(rest.id).Number(rest.left);
                 },
                 [&to](const OrdersForgotten&) { to.Number(kOrdersForgottenTag); }},
      change);
}

absl::Status DecodeRegistryChanges(ByteSpan bytes, std::vector<RegistryChange>* changes) {
  ByteReader reader(bytes);
  while (reader.remaining() > 0) {
    const std::size_t start = reader.offset();
    auto change = TakeChange(&reader);
    if (!change.has_value() || !reader.ok()) {
      return absl::DataLossError(
          absl::StrCat("a token registry's record is damaged at byte ", start));
    }
    changes->push_back(*std::move(change));
  }
  return absl::OkStatus();
}

void TokenRegistry::ApplyIssue(const TokenIssue& issue) {
  // Where a token is called by its name, even one that looks like a number, none was told.
  largest_number_ = issue.token == issue.name ? std::nullopt : NumberOf(issue.token);
  if (issue.token.empty()) return;
  tokens_.insert_or_assign(issue.token, issue);
  token_of_name_.try_emplace(issue.name, issue.token);
  token_of_issuer_.try_emplace(issue.issuer, issue.token);
}

void TokenRegistry::Apply(const RegistryChange& change) {
  std::visit(
      Overloaded{[this](const TokenIssue& issue) { ApplyIssue(issue); },
                 [this](const SupplyUnfrozen& unfrozen) {
                   const auto found = tokens_.find(unfrozen.token);
                   if (found == tokens_.end()) return;
                   std::erase_if(found->second.frozen, [&unfrozen](const FrozenPart& part) {
                     return part.expires_ms <= unfrozen.until_ms;
                   });
                 },
                 [this](const ExchangePair& pair) { exchanges_.insert_or_assign(pair.id, pair); },
                 [this](const MarketOrder& order) { orders_.insert_or_assign(order.id, order); },
                 [this](const OrderLeft& rest) {
                   const auto found = orders_.find(rest.id);
                   if (found == orders_.end()) return;
                   found->second.left = rest.left;
                   if (rest.left <= 0) orders_.erase(found);
                 },
                 [this](const OrdersForgotten&) { orders_.clear(); }},
      change);
}

TokenName TokenRegistry::Resolve(const TokenName& text) const {
  if (tokens_.contains(text)) return text;
  const std::optional<std::uint64_t> number = NumberOf(text);
  if (number.has_value() && (!largest_number_.has_value() || *number <= *largest_number_)) {
    return text;
  }
  const auto found = token_of_name_.find(text);
  return found == token_of_name_.end() ? text : found->second;
}

const TokenIssue* TokenRegistry::FindToken(const TokenName& resolved) const {
  const auto found = tokens_.find(resolved);
  return found == tokens_.end() ? nullptr : &found->second;
}

const TokenIssue* TokenRegistry::FindTokenOf(const Account& issuer) const {
  const auto found = token_of_issuer_.find(issuer);
  return found == token_of_issuer_.end() ? nullptr : FindToken(found->second);
}

const ExchangePair* TokenRegistry::FindExchange(std::int64_t id) const {
  const auto found = exchanges_.find(id);
  return found == exchanges_.end() ? nullptr : &found->second;
}

const MarketOrder* TokenRegistry::FindOrder(const ByteString& id) const {
  const auto found = orders_.find(id);
  return found == orders_.end() ? nullptr : &found->second;
}

}  // namespace coinwake::tron
