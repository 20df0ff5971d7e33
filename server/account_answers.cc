// Accounts of a network that has them: sums, histories.
#include "server/account_answers.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/tron/address.h"
#include "indexer/tron/known_addresses.h"
#include "indexer/view/account_history.h"
#include "server/account_clusters.h"
#include "server/account_marks.h"
#include "server/account_names.h"
#include "server/convert.h"
#include "server/limits.h"
#include "server/missing_internals.h"
#include "server/names.h"
#include "server/page_token.h"

namespace coinwake::server {
namespace {

constexpr std::int64_t kMsInSecond = 1000;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
// Read at once of what is said of an account.
constexpr std::size_t kPageEvents = 4'096;
constexpr std::string_view kTrx = "TRX";

std::string SignedText(const SignedAmount& amount) {
  return absl::StrCat(amount.negative ? "-" : "", ToDecimal(amount.magnitude));
}

std::uint64_t HeightOf(const AccountView& view, EventNum event) {
  return view.HeightOf(view.TransactionOf(event));
}

void FillIncomplete(const AccountView& view, const AssetSums& sums, v1::AssetSums* wire) {
  for (std::uint32_t reason = 0; reason < 32; ++reason) {
    if ((sums.gap_reasons >> reason & 1) == 0) continue;
    wire->add_incomplete(std::string(GapReasonName(static_cast<GapReason>(reason))));
  }
  // From the first block on nobody has less than nothing: income was not told of.
  const bool is_trx = wire->asset() == kTrx;
  if (is_trx && view.snapshot().complete_history && sums.BalanceOf(Pot::kFree).negative) {
    wire->add_incomplete("negative_balance");
  }
  const TronTotals& totals = view.totals();
  if (totals.without_receipt != 0) wire->add_incomplete("receipts_missing_in_index");
  if (totals.malformed_transactions != 0) wire->add_incomplete("unknown_contracts_in_index");
  if (is_trx && LacksInternals(view)) wire->add_incomplete("no_internal_transactions");
}

// `asset`: its name. It need not be the view's: sums of zeros say what may be missing, too.
void FillAsset(const AccountView& view, const std::string& asset, const AssetSums& sums,
               v1::AssetSums* wire) {
  wire->set_asset(asset);
  wire->set_received(ToDecimal(sums.received));
  wire->set_sent(ToDecimal(sums.sent));
  wire->set_balance(SignedText(sums.BalanceOf(Pot::kFree)));
  wire->set_staked(SignedText(sums.Staked()));
  wire->set_transfers(sums.events);
  if (sums.first.has_value()) wire->set_first_height(HeightOf(view, *sums.first));
  if (sums.last.has_value()) wire->set_last_height(HeightOf(view, *sums.last));
  wire->set_assumed_opening(ToDecimal(sums.shortfall));
  // More was sent than ever arrived, from the first block on: something else moves it.
  wire->set_event_derived(asset.starts_with(kTrc20Prefix) &&
                          (asset.ends_with(tron::kWrappedTrxContract) ||
                           (view.snapshot().complete_history && sums.shortfall != 0 &&
                            view.totals().without_receipt == 0)));
  FillIncomplete(view, sums, wire);
}

void FillFact(const AccountView& view, EventNum number, const LedgerEvent& event,
              v1::Address* answer) {
  const std::uint64_t height = HeightOf(view, number);
  switch (event.kind) {
    case EntryKind::kContractCreated:
      answer->set_contract(true);
      answer->set_activated_by(AccountName(view, event.from));
      answer->set_activated_height(height);
      break;
    case EntryKind::kActivated:
      answer->set_activated_by(AccountName(view, event.from));
      answer->set_activated_height(height);
      break;
    case EntryKind::kBlackListed:
    case EntryKind::kUnBlackListed: {
      v1::FreezeEvent* const freeze = answer->add_frozen();
      freeze->set_asset(AssetText(view, event.asset));
      freeze->set_frozen(event.kind == EntryKind::kBlackListed);
      freeze->set_height(height);
      freeze->set_time(view.TimeOf(height) / kMsInSecond);
      freeze->set_txid(view.Txid(view.TransactionOf(number)).ToHex());
      break;
    }
    default:
      break;
  }
}

// What is said of the account beside its movements.
absl::Status FillFacts(const AccountView& view, AddressNum address,
                       const Cancellation* cancellation, v1::Address* answer) {
  std::vector<EventNum> page;
  EventNum from{0};
  do {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    page.clear();
    COINWAKE_RETURN_IF_ERROR(view.EventsOf(address, kFactsAsset, from, kPageEvents, &page));
    for (const EventNum number : page) {
      const LedgerEvent event = view.Event(number);
      if (event.to == address) FillFact(view, number, event, answer);
    }
    if (!page.empty()) from = page.back() + 1;
  } while (page.size() == kPageEvents);
  return view.damage().status();
}

// An account that no fact tells of is opened by who first sends it the chain's own coin or token:
// until then it can have neither, whatever contracts say of it. Only an index from block 0 on can
// tell what is first.
absl::Status InferActivation(const AccountView& view, AddressNum address, v1::Address* answer) {
  if (!answer->activated_by().empty() || !view.snapshot().complete_history) {
    return absl::OkStatus();
  }
  std::vector<AssetNum> assets;
  COINWAKE_RETURN_IF_ERROR(view.AssetsOf(address, AssetNum{0}, kAll, &assets));
  std::optional<EventNum> first;
  std::vector<EventNum> events;
  for (const AssetNum asset : assets) {
    if (asset == kFactsAsset || IsOfKind(view, asset, tron::AssetKind::kTrc20)) continue;
    events.clear();
    COINWAKE_RETURN_IF_ERROR(view.EventsOf(address, asset, EventNum{0}, 1, &events));
    if (!events.empty()) first = std::min(first.value_or(events.front()), events.front());
  }
  if (!first.has_value()) return absl::OkStatus();
  const LedgerEvent event = view.Event(*first);
  const bool opens = event.kind == EntryKind::kTransfer && event.to == address &&
                     event.from != address && event.from.has_value();
  if (!opens) return absl::OkStatus();
  answer->set_activated_by(AccountName(view, event.from));
  answer->set_activated_height(HeightOf(view, *first));
  return absl::OkStatus();
}

absl::Status FillCluster(AddressNum address, AccountClusters& clusters,
                         const Cancellation* cancellation, v1::Address* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<AddressNum> cluster,
                            clusters.IfQuick(address, cancellation));
  if (cluster.has_value()) {
    answer->set_cluster(cluster->value);
  } else {
    answer->set_cluster_absent("not_computed");
  }
  return absl::OkStatus();
}

bool IsToken(const AccountView& view, AddressNum address) {
  const tron::Account account(view.Script(address));
  std::string bytes;
  tron::AppendAssetBytes(tron::Asset::Trc20(account), &bytes);
  return view.FindAsset(tron::SpanOf(bytes)).ok();
}

void CopySums(const v1::AssetSums& from, v1::Address* to) {
  to->set_received(from.received());
  to->set_sent(from.sent());
  to->set_balance(from.balance());
}

void AddAsset(const AccountView& view, const std::string& asset, const AssetSums& sums,
              bool is_main, v1::Address* answer) {
  v1::AssetSums* const wire = answer->add_assets();
  FillAsset(view, asset, sums, wire);
  if (is_main) CopySums(*wire, answer);
  if (!wire->has_first_height()) return;
  answer->set_first_height(answer->has_first_height()
                               ? std::min(answer->first_height(), wire->first_height())
                               : wire->first_height());
  answer->set_last_height(std::max(answer->last_height(), wire->last_height()));
}

// An asset by its name; `number` where anything was ever counted in it.
struct AskedAsset {
  std::string name;
  std::optional<AssetNum> number;
};

// Of all assets where none is asked for. `address`: nullopt where it was never seen.
absl::Status FillSums(const AccountView& view, std::optional<AddressNum> address,
                      const std::optional<AskedAsset>& asked, const Cancellation* cancellation,
                      v1::Address* answer) {
  AccountSums all;
  if (address.has_value() && (!asked.has_value() || asked->number.has_value())) {
    const std::optional<AssetNum> one = asked.has_value() ? asked->number : std::nullopt;
    COINWAKE_ASSIGN_OR_RETURN(all, AccountSumsOf(view, *address, one, cancellation));
  }
  for (const auto& [asset, sums] : all.assets) {
    AddAsset(view, AssetText(view, asset), sums, asked.has_value() || asset == kTrxAsset, answer);
  }
  answer->set_transactions(all.transactions);
  if (all.assets.empty()) {
    // Only a row can say that its zeros may be wrong.
    AddAsset(view, asked.has_value() ? asked->name : std::string(kTrx), {}, true, answer);
    if (!asked.has_value() && answer->assets(0).incomplete().empty()) answer->clear_assets();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<AskedAsset>> ParseAsked(const AccountView& view,
                                                     const std::string& text) {
  if (text.empty()) return std::optional<AskedAsset>();
  COINWAKE_ASSIGN_OR_RETURN(const tron::Asset asset, ParseAssetName(text, view.snapshot().network));
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<AssetNum> number, FindIfCounted(view, asset));
  return std::optional<AskedAsset>({asset.Name(), number});
}

// What ties a page token of a history to its list: the account, what was asked for, and the
// transaction before the page.
std::string HistoryBinding(const AccountView& view, AddressNum address, const std::string& asset,
                           TxNum last) {
  return absl::StrCat("history ", AccountName(view, address), " ", asset, " ",
                      view.Txid(last).ToHex());
}

// kNotFound stays: an asset that nothing was ever counted in has no history.
absl::StatusOr<std::optional<AssetNum>> AssetAsked(const AccountView& view,
                                                   const std::string& asset) {
  if (asset.empty()) return std::optional<AssetNum>();
  COINWAKE_ASSIGN_OR_RETURN(const AssetNum found, FindAssetByName(view, asset));
  return std::optional<AssetNum>(found);
}

}  // namespace

absl::Status AnswerAddress(const AccountView& view, const v1::GetAddressRequest& request,
                           const Cancellation* cancellation, v1::Address* answer,
                           AccountClusters* clusters) {
  COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(request.address()));
  FillSnapshot(view, answer->mutable_snapshot());
  answer->set_address(account.Name());
  answer->set_network(std::string(NetworkName(view.snapshot().network)));
  answer->set_received("0");
  answer->set_sent("0");
  answer->set_balance("0");
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<AskedAsset> asked,
                            ParseAsked(view, request.asset()));
  const absl::StatusOr<AddressNum> address = view.FindAddress(account.bytes());
  if (absl::IsNotFound(address.status())) {
    COINWAKE_RETURN_IF_ERROR(FillSums(view, std::nullopt, asked, cancellation, answer));
    return view.damage().status();
  }
  COINWAKE_RETURN_IF_ERROR(address.status());
  answer->set_seen(true);
  COINWAKE_RETURN_IF_ERROR(FillSums(view, *address, asked, cancellation, answer));
  COINWAKE_RETURN_IF_ERROR(FillFacts(view, *address, cancellation, answer));
  if (IsToken(view, *address)) answer->set_contract(true);
  COINWAKE_RETURN_IF_ERROR(InferActivation(view, *address, answer));
  if (clusters != nullptr) {
    COINWAKE_RETURN_IF_ERROR(FillCluster(*address, *clusters, cancellation, answer));
  }
  return view.damage().status();
}

absl::Status AnswerHistory(const AccountView& view, const v1::ListHistoryRequest& request,
                           std::uint32_t max_page_size, const Cancellation* cancellation,
                           v1::ListHistoryResponse* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum address, FindAccount(view, request.address()));
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<AssetNum> asset, AssetAsked(view, request.asset()));
  TxNum from{0};
  if (!request.page_token().empty()) {
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t last, PositionOfPageToken(request.page_token()));
    // A position past the end cannot be one of this chain's; transaction 0 stands in for it.
    const TxNum bound{last < view.transactions_count() ? last : 0};
    COINWAKE_RETURN_IF_ERROR(CheckPageToken(request.page_token(), last,
                                            HistoryBinding(view, address, request.asset(), bound)));
    from = bound + 1;
  }
  const std::size_t size = PageSize(request.page_size(), max_page_size);
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<AccountHistoryEntry> entries,
                            HistoryOf(view, address, asset, from, size + 1, cancellation));
  FillSnapshot(view, answer->mutable_snapshot());
  // A page ends with a whole transaction; the first one is on it whatever its size.
  std::size_t end = std::min(entries.size(), size);
  while (end < entries.size() && end > 0 && entries[end].tx == entries[end - 1].tx) --end;
  bool more = end < entries.size();
  if (end == 0 && more) {
    while (end < entries.size() && entries[end].tx == entries[0].tx) ++end;
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<AccountHistoryEntry> next,
                              HistoryOf(view, address, asset, entries[0].tx + 1, 1, cancellation));
    more = !next.empty();
  }
  COINWAKE_ASSIGN_OR_RETURN(const auto marks,
                            MarksOf(view, address, std::span(entries).first(end),
                                    std::max<std::uint64_t>(kMarksLookBack, size), cancellation));
  for (std::size_t i = 0; i < end; ++i) {
    const std::uint64_t height = view.HeightOf(entries[i].tx);
    v1::HistoryEntry* const entry = answer->add_entries();
    entry->set_txid(view.Txid(entries[i].tx).ToHex());
    entry->set_height(height);
    entry->set_received(ToDecimal(entries[i].received));
    entry->set_sent(ToDecimal(entries[i].sent));
    entry->set_asset(AssetText(view, entries[i].asset));
    entry->set_time(view.TimeOf(height) / kMsInSecond);
    for (const std::string& mark : marks[i]) entry->add_marks(mark);
  }
  if (more) {
    const TxNum last = entries[end - 1].tx;
    answer->set_next_page_token(
        MakePageToken(last.value, HistoryBinding(view, address, request.asset(), last)));
  }
  return view.damage().status();
}

}  // namespace coinwake::server
