// TRC-10 tokens as they are issued, sold, and traded in exchanges and the market.
#include <algorithm>
#include <limits>
#include <utility>

#include "indexer/tron/ledger_booker.h"

namespace coinwake::tron {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;  // java-tron's FROZEN_PERIOD

// The time is later than any where the days are beyond measure.
std::int64_t ExpiryMs(std::int64_t start_ms, std::int64_t days) {
  std::int64_t span = 0;
  std::int64_t expiry = 0;
  if (__builtin_mul_overflow(days, kDayMs, &span) ||
      __builtin_add_overflow(start_ms, span, &expiry)) {
    return std::numeric_limits<std::int64_t>::max();
  }
  return expiry;
}

// Sum of the frozen parts; nullopt where they are no parts of the total, as in no accepted message.
std::optional<std::int64_t> FrozenOf(const AssetIssueContract& issue) {
  std::int64_t sum = 0;
  for (const FrozenSupply& part : issue.frozen_supply) {
    if (part.amount < 0 || part.amount > issue.total_supply - sum) return std::nullopt;
    sum += part.amount;
  }
  return sum;
}

// Whether what is left of an order does not buy one unit at its own price. java-tron closes such an
// order when it is matched, as taker or maker, and gives the rest back; no receipt tells. At any
// other maker's price that a taker accepts it buys no less, so that only such rests are in doubt.
bool BuysNothing(std::int64_t left, std::int64_t sell_quantity, std::int64_t buy_quantity) {
  return left > 0 && sell_quantity > 0 &&
         Uint256(left) * Uint256(std::max<std::int64_t>(buy_quantity, 0)) < Uint256(sell_quantity);
}

}  // namespace

void Booker::Book(const AssetIssueContract& issue) {
  if (receipt_ == nullptr) {  // which token is not told
    Change(TokenIssue{});
    return;
  }
  const ByteString& id = receipt_->outcome.asset_issue_id;
  const Asset asset = Asset::Trc10(id.empty() ? issue.name : id);
  const auto frozen = issue.total_supply < 0 ? std::nullopt : FrozenOf(issue);
  if (!frozen.has_value()) {
    ++counts().bad_amounts;
    Gap(GapReason::kUnknownAmount, asset, owner());
    return;
  }
  Move(EntryKind::kTokenIssue, asset, {}, owner(), issue.total_supply - *frozen);
  if (*frozen > 0) {
    Move(EntryKind::kTokenIssue, asset, {}, owner(), *frozen);
    entries().back().to_pot = Pot::kFrozenSupply;
  }
  TokenIssue change{.token = asset.token,
                    .name = issue.name,
                    .issuer = owner(),
                    .trx_num = issue.trx_num,
                    .num = issue.num,
                    .frozen = {}};
  for (const FrozenSupply& part : issue.frozen_supply) {
    change.frozen.push_back({part.amount, ExpiryMs(issue.start_time_ms, part.days)});
  }
  Change(std::move(change));
}

// No message tells how much: it is all that has expired by the time of the block before.
void Booker::Book(const UnfreezeAssetContract& /*unfreeze*/) {
  const TokenIssue* const issue = registry_->FindTokenOf(owner());
  if (issue == nullptr) {
    Gap(GapReason::kUnknownToken, Asset::Trx(), owner());
    return;
  }
  Asset asset = Asset::Trc10(issue->token);
  if (!block_.parent_time_ms.has_value()) {
    Gap(GapReason::kUnknownTime, std::move(asset), owner());
    return;
  }
  const std::int64_t now_ms = *block_.parent_time_ms;
  std::int64_t amount = 0;
  for (const FrozenPart& part : issue->frozen) {
    if (part.expires_ms <= now_ms) amount += part.amount;  // parts of one total: no overflow
  }
  Move(EntryKind::kUnfreeze, asset, owner(), owner(), amount);
  if (entries().back().kind == EntryKind::kUnfreeze) {
    entries().back().from_pot = Pot::kFrozenSupply;
  }
  Change(SupplyUnfrozen{.token = std::move(asset.token), .until_ms = now_ms});
}

void Booker::Book(const ParticipateAssetIssueContract& sale) {
  Move(EntryKind::kTokenSale, Asset::Trx(), owner(), sale.to, sale.amount);
  Asset asset = Asset::Trc10(registry_->Resolve(sale.token));
  const TokenIssue* const issue = registry_->FindToken(asset.token);
  if (issue == nullptr || issue->trx_num <= 0 || issue->num < 0 || sale.amount < 0) {
    Gap(GapReason::kUnknownToken, std::move(asset), sale.to, owner());
    return;
  }
  if (owner().empty() || sale.to.empty()) {
    Gap(GapReason::kUnknownAccount, std::move(asset), sale.to, owner());
    return;
  }
  // Below 2^94; java-tron refuses what does not fit 64 bits, so that nothing is cut here.
  Add(EntryKind::kTokenSale, std::move(asset), sale.to, owner()).amount =
      Uint256(sale.amount) * static_cast<std::uint32_t>(issue->num) /
      static_cast<std::uint32_t>(issue->trx_num);
}

TokenName Booker::SideOf(const TokenName& text) const {
  return text == kTrxTokenName ? text : registry_->Resolve(text);
}

Asset Booker::AssetOfSide(const TokenName& side) {
  return side == kTrxTokenName ? Asset::Trx() : Asset::Trc10(side);
}

void Booker::Book(const ExchangeCreateContract& create) {
  std::optional<std::int64_t> id;
  if (receipt_ != nullptr && receipt_->outcome.exchange_id > 0) id = receipt_->outcome.exchange_id;
  const Account pool = PoolOfExchange(id);
  TokenName first = SideOf(create.first_token);
  TokenName second = SideOf(create.second_token);
  Move(EntryKind::kExchange, AssetOfSide(first), owner(), pool, create.first_balance);
  Move(EntryKind::kExchange, AssetOfSide(second), owner(), pool, create.second_balance);
  if (!id.has_value()) return;
  Change(ExchangePair{.id = *id, .first = std::move(first), .second = std::move(second)});
}

void Booker::MoveOtherSide(std::int64_t exchange_id, const TokenName& token, bool to_pool,
                           std::int64_t amount) {
  const ExchangePair* const pair = registry_->FindExchange(exchange_id);
  const TokenName side = SideOf(token);
  const Account pool = PoolOfExchange(exchange_id);
  if (pair == nullptr || (side != pair->first && side != pair->second)) {
    Gap(GapReason::kUnknownExchange, Asset::Trx(), owner(), pool);
    return;
  }
  Asset other = AssetOfSide(side == pair->first ? pair->second : pair->first);
  if (amount == 0) {  // java-tron refuses such a trade: an old receipt that does not tell
    Gap(GapReason::kUnknownAmount, std::move(other), owner(), pool);
  } else if (to_pool) {
    Move(EntryKind::kExchange, std::move(other), owner(), pool, amount);
  } else {
    Move(EntryKind::kExchange, std::move(other), pool, owner(), amount);
  }
}

void Booker::Book(const ExchangeInjectContract& inject) {
  Move(EntryKind::kExchange, AssetOfSide(SideOf(inject.token)), owner(),
       PoolOfExchange(inject.exchange_id), inject.quantity);
  if (receipt_ == nullptr) return;
  MoveOtherSide(inject.exchange_id, inject.token, /*to_pool=*/true,
                receipt_->outcome.exchange_inject_another_amount);
}

void Booker::Book(const ExchangeWithdrawContract& withdraw) {
  Move(EntryKind::kExchange, AssetOfSide(SideOf(withdraw.token)),
       PoolOfExchange(withdraw.exchange_id), owner(), withdraw.quantity);
  if (receipt_ == nullptr) return;
  MoveOtherSide(withdraw.exchange_id, withdraw.token, /*to_pool=*/false,
                receipt_->outcome.exchange_withdraw_another_amount);
}

void Booker::Book(const ExchangeTransactionContract& trade) {
  Move(EntryKind::kExchange, AssetOfSide(SideOf(trade.token)), owner(),
       PoolOfExchange(trade.exchange_id), trade.quantity);
  if (receipt_ == nullptr) return;
  MoveOtherSide(trade.exchange_id, trade.token, /*to_pool=*/false,
                receipt_->outcome.exchange_received_amount);
}

std::int64_t Booker::Reduced(std::int64_t left, std::int64_t by) {
  if (by >= 0 && by <= left) return left - by;
  ++counts().bad_amounts;
  return 0;
}

// The maker's escrow pays the owner, the owner's escrow the maker. A maker whose order was not seen
// is not known: what is due stays in the escrow of the order, with a gap.
std::int64_t Booker::BookFill(const MarketOrderDetail& fill, const Asset& sold, const Asset& bought,
                              const Account& escrow, std::int64_t left) {
  const Account maker_escrow = EscrowOfOrder(fill.maker_order_id);
  Move(EntryKind::kMarket, bought, maker_escrow, owner(), fill.fill_buy_quantity);
  const MarketOrder* const order = registry_->FindOrder(fill.maker_order_id);
  if (order == nullptr) {
    Move(EntryKind::kMarket, sold, escrow, maker_escrow, fill.fill_sell_quantity);
    Gap(GapReason::kUnknownOrder, sold, maker_escrow);
  } else {
    Move(EntryKind::kMarket, sold, escrow, order->owner, fill.fill_sell_quantity);
    const std::int64_t rest = Reduced(order->left, fill.fill_buy_quantity);
    if (BuysNothing(rest, order->sell_quantity, order->buy_quantity)) {
      Gap(GapReason::kRestOfOrder, bought, order->owner, maker_escrow);
    }
    Change(OrderLeft{fill.maker_order_id, rest});
  }
  return Reduced(left, fill.fill_sell_quantity);
}

void Booker::Book(const MarketSellAssetContract& sell) {
  TokenName side = SideOf(sell.sell_token);
  const Asset sold = AssetOfSide(side);
  const bool told = receipt_ != nullptr && !receipt_->outcome.order_id.empty();
  const ByteString id = told ? receipt_->outcome.order_id : ByteString();
  const Account escrow = EscrowOfOrder(id);
  Move(EntryKind::kMarket, sold, owner(), escrow, sell.sell_quantity);
  if (!told) {
    Change(OrdersForgotten{});
    return;
  }
  const Asset bought = AssetOfSide(SideOf(sell.buy_token));
  std::int64_t left = std::max<std::int64_t>(sell.sell_quantity, 0);
  for (const MarketOrderDetail& fill : receipt_->outcome.order_details) {
    left = BookFill(fill, sold, bought, escrow, left);
  }
  if (left == 0) return;
  if (BuysNothing(left, sell.sell_quantity, sell.buy_quantity)) {
    Gap(GapReason::kRestOfOrder, sold, owner(), escrow);
  }
  Change(MarketOrder{.id = id,
                     .owner = owner(),
                     .sell_token = std::move(side),
                     .sell_quantity = sell.sell_quantity,
                     .buy_quantity = sell.buy_quantity,
                     .left = left});
}

void Booker::Book(const MarketCancelOrderContract& cancel) {
  const MarketOrder* const order = registry_->FindOrder(cancel.order_id);
  if (order == nullptr || order->owner != owner()) {
    Gap(GapReason::kUnknownOrder, Asset::Trx(), owner(), EscrowOfOrder(cancel.order_id));
    return;
  }
  Move(EntryKind::kMarket, AssetOfSide(order->sell_token), EscrowOfOrder(cancel.order_id), owner(),
       order->left);
  Change(OrderLeft{.id = cancel.order_id, .left = 0});
}

}  // namespace coinwake::tron
