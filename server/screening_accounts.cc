// Facts of a screening on chains with accounts.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/account_names.h"
#include "server/screening_facts.h"
#include "tracer/account_exposure.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kPageEvents = 1024;

class AccountGatherer {
 public:
  AccountGatherer(const AccountView& view, const PreparedScreening& screening,
                  const ScreeningSubject& subject, ScreeningParties& parties,
                  const Cancellation* cancellation, ScreeningFindings* findings)
      : view_(view),
        screening_(screening),
        subject_(subject),
        parties_(parties),
        cancellation_(cancellation),
        findings_(findings),
        rule_assets_(AssetsOfRules(*screening.rules)) {}

  absl::Status Run() {
    if (!screening_.asset.empty()) {
      COINWAKE_ASSIGN_OR_RETURN(asked_, FindAssetByName(view_, screening_.asset));
    }
    if (const std::uint64_t missing = view_.totals().without_receipt; missing != 0) {
      Cut(absl::StrCat(missing, " of the indexed transactions have no receipt, and only receipts ",
                       "tell of token transfers and of what contracts paid"));
    }
    if (subject_.kind == ScreeningKind::kAddress) {
      COINWAKE_RETURN_IF_ERROR(AddAccount());
    } else {
      AddTransaction();
    }
    COINWAKE_RETURN_IF_ERROR(parties_.status());
    return view_.damage().status();
  }

 private:
  void Cut(std::string text) { findings_->cuts.push_back(std::move(text)); }

  // Whether money in it takes part.
  bool Takes(AssetNum asset) const {
    if (asset == kFactsAsset) return false;
    if (asked_.has_value()) return asset == *asked_;
    return !rule_assets_.has_value() ||
           std::binary_search(rule_assets_->begin(), rule_assets_->end(), AssetText(view_, asset));
  }

  // Those of the account that take part, ascending.
  absl::StatusOr<std::vector<AssetNum>> Assets() {
    std::vector<AssetNum> taken;
    std::vector<AssetNum> page;
    std::size_t seen = 0;
    for (AssetNum next{0}; seen < kMaxScreenAssets * kPageEvents;) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      page.clear();
      COINWAKE_RETURN_IF_ERROR(view_.AssetsOf(*subject_.address, next, kPageEvents, &page));
      for (const AssetNum asset : page) {
        if (!Takes(asset)) continue;
        if (taken.size() == kMaxScreenAssets) {
          Cut(absl::StrCat("the account has more than ", kMaxScreenAssets,
                           " assets; the first of them were read"));
          return taken;
        }
        taken.push_back(asset);
      }
      if (page.size() < kPageEvents) return taken;
      seen += page.size();
      next = page.back() + 1;
    }
    Cut("the account has too many assets to look through");
    return taken;
  }

  absl::Status AddAccount() {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<AssetNum> assets, Assets());
    for (const AssetNum asset : assets) {
      const std::uint32_t number = findings_->AssetNumberOf(AssetText(view_, asset));
      COINWAKE_ASSIGN_OR_RETURN(const bool is_all, AddEvents(asset, number));
      for (const ScreenSide side : {ScreenSide::kSource, ScreenSide::kDestination}) {
        if (!screening_.sides.Have(side)) continue;
        findings_->AddTotal(side, number, 0);
        if (screening_.max_hops < 2 || !AsksIndirect(*screening_.rules, side)) continue;
        if (!is_all) {
          CutShort(side, asset, "more lies further on than is read");
        } else {
          COINWAKE_RETURN_IF_ERROR(AddIndirect(side, asset, number));
        }
      }
      if (!is_all) break;
    }
    return absl::OkStatus();
  }

  // False: enough was read.
  absl::StatusOr<bool> AddEvents(AssetNum asset, std::uint32_t number) {
    std::vector<EventNum> page;
    for (EventNum next{0};;) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      page.clear();
      COINWAKE_RETURN_IF_ERROR(view_.EventsOf(*subject_.address, asset, next, kPageEvents, &page));
      for (const EventNum event : page) {
        if (++rows_ > kMaxScreenRows) {
          Cut(absl::StrCat("the first ", kMaxScreenRows, " events of the account were read"));
          return false;
        }
        AddEvent(view_.Event(event), number, view_.TransactionOf(event));
      }
      if (page.size() < kPageEvents) return true;
      next = page.back() + 1;
    }
  }

  // Of an account what passed between it and others.
  void AddEvent(const LedgerEvent& event, std::uint32_t asset, TxNum tx) {
    if (!MovesValue(event.kind) || event.kind == EntryKind::kFee || event.amount == 0) return;
    if (event.from == event.to) return;
    const bool is_of_account = subject_.kind == ScreeningKind::kAddress;
    if (!is_of_account || event.to == subject_.address) {
      AddDirect(event.from, ScreenSide::kSource, asset, event.amount, tx);
    }
    if (!is_of_account || event.from == subject_.address) {
      AddDirect(event.to, ScreenSide::kDestination, asset, event.amount, tx);
    }
  }
  void AddDirect(std::optional<AddressNum> other, ScreenSide side, std::uint32_t asset,
                 const Uint256& amount, TxNum tx) {
    if (!screening_.sides.Have(side)) return;
    findings_->AddTotal(side, asset, AmountSum(amount));
    if (!other.has_value()) return;
    const std::optional<std::uint32_t> who = parties_.EndAt(*other, side);
    if (who.has_value()) findings_->AddDirect(*who, side, asset, AmountSum(amount), tx);
  }

  // Whom a transaction's transfers are from and to.
  void AddTransaction() {
    const IdRange<EventNum> events = view_.Events(*subject_.tx);
    for (EventNum event = events.begin; event < events.end; ++event) {
      if (++rows_ > kMaxScreenRows) {
        Cut(absl::StrCat("the first ", kMaxScreenRows, " events of the transaction were read"));
        break;
      }
      const LedgerEvent moved = view_.Event(event);
      if (!MovesValue(moved.kind) || !Takes(moved.asset)) continue;
      AddEvent(moved, findings_->AssetNumberOf(AssetText(view_, moved.asset)), *subject_.tx);
    }
    for (const ScreenSide side : {ScreenSide::kSource, ScreenSide::kDestination}) {
      if (!screening_.sides.Have(side) || screening_.max_hops < 2) continue;
      if (!AsksIndirect(*screening_.rules, side)) continue;
      Cut(absl::StrCat("the ", std::string(ScreenSideName(side)), " was followed 1 of ",
                       screening_.max_hops,
                       " hops: of a transaction on accounts this version looks no further"));
    }
  }

  // Where all that the account received went, or came from, that neither it paid itself nor paid
  // it.
  absl::Status AddIndirect(ScreenSide side, AssetNum asset, std::uint32_t number) {
    COINWAKE_RETURN_IF_ERROR(ViewAccounts::CheckFits(view_));
    const ScreeningStops stops(parties_, side);
    const ExposureDirection direction =
        side == ScreenSide::kSource ? ExposureDirection::kSource : ExposureDirection::kDestination;
    AccountTraceRequest request;
    request.labels = {""};
    request.seeds = {{AccountOf(*subject_.address, Pot::kFree), 0}};
    request.stops = &stops;
    for (std::uint32_t hops = screening_.max_hops; hops > 1; hops /= 2) {
      request.max_hops = hops;
      ViewAccounts accounts(view_, asset,
                            [this](AddressNum address) { return AccountName(view_, address); });
      const absl::StatusOr<AccountExposure> exposure = MeasureAccountExposure(
          accounts, request, direction, {.max_events = kMaxScreenTransactions}, cancellation_);
      if (absl::IsResourceExhausted(exposure.status())) continue;
      if (absl::IsInvalidArgument(exposure.status())) {  // nobody asked for anything else
        CutShort(side, asset, "amounts are too large to be followed");
        return absl::OkStatus();
      }
      COINWAKE_RETURN_IF_ERROR(exposure.status());
      for (const AccountExposureEntry& entry : exposure->entries) {
        if (!entry.entity.has_value()) continue;
        const AmountSum units(entry.indirect.units());
        findings_->AddIndirect(*entry.entity, side, number, units >> AccountTaint::kFractionBits,
                               std::nullopt);
      }
      if (hops == screening_.max_hops) return absl::OkStatus();
      CutShort(side, asset, absl::StrCat("beyond ", hops, " more lies further on than is read"));
      return absl::OkStatus();
    }
    CutShort(side, asset, "more lies further on than is read");
    return absl::OkStatus();
  }

  void CutShort(ScreenSide side, AssetNum asset, const std::string& why) {
    Cut(absl::StrCat("the ", std::string(ScreenSideName(side)), " of ", AssetText(view_, asset),
                     " was not followed ", screening_.max_hops, " hops: ", why));
  }

  const AccountView& view_;
  const PreparedScreening& screening_;
  const ScreeningSubject& subject_;
  ScreeningParties& parties_;
  const Cancellation* const cancellation_;
  ScreeningFindings* const findings_;
  const std::optional<std::vector<std::string>> rule_assets_;  // nullopt: all
  std::optional<AssetNum> asked_;
  std::uint64_t rows_ = 0;
};

}  // namespace

absl::Status GatherFacts(const AccountView& view, const PreparedScreening& screening,
                         const ScreeningSubject& subject, ScreeningParties& parties,
                         const Cancellation* cancellation, ScreeningFindings* findings) {
  return AccountGatherer(view, screening, subject, parties, cancellation, findings).Run();
}

}  // namespace coinwake::server
