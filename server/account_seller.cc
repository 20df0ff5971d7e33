#include "server/account_seller.h"

#include <algorithm>
#include <utility>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/account_trace.h"
#include "server/trace_words.h"
#include "tracer/account_bounds.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kPageEvents = 1024;

// The stops of a trace, and one account before them all.
class StopsAndOne final : public AccountStops {
 public:
  static constexpr Stop kOne = {SinkKind::kService, 0xffffffff};

  StopsAndOne(const AccountStops* stops, std::uint32_t one) : stops_(stops), one_(one) {}

  std::optional<Stop> StopAt(std::uint32_t account) const override {
    if (account == one_) return kOne;
    return stops_ == nullptr ? std::nullopt : stops_->StopAt(account);
  }

 private:
  const AccountStops* const stops_;
  const std::uint32_t one_;
};

// Adds up what ended at StopsAndOne::kOne.
class ArrivedAtOne final : public AccountTraceReceiver {
 public:
  absl::Status OnHolding(const AccountHolding&) override { return absl::OkStatus(); }
  absl::Status OnSink(const AccountSink& sink) override {
    if (sink.kind == StopsAndOne::kOne.kind && sink.entity == StopsAndOne::kOne.entity) {
      arrived_ += sink.taint;
    }
    return absl::OkStatus();
  }
  absl::Status OnSummary(const AccountSummary&) override { return absl::OkStatus(); }

  std::string Text() const { return arrived_.ToString(); }

 private:
  AccountTaint arrived_;
};

class AccountSeller final : public SellerTrace {
 public:
  AccountSeller(const AccountView& view, PreparedAccountTrace trace, const ReportLimits& limits,
                const Cancellation* cancellation)
      : view_(view),
        trace_(std::move(trace)),
        limits_(limits),
        trace_limits_{.max_events = limits.trace.max_transactions},
        cancellation_(cancellation),
        accounts_(view, trace_.asset,
                  [&view](AddressNum address) { return AccountName(view, address); }) {
    for (const AccountSeed& seed : trace_.request.seeds) seeds_.push_back(seed.account);
    std::sort(seeds_.begin(), seeds_.end());
    seeds_.erase(std::unique(seeds_.begin(), seeds_.end()), seeds_.end());
  }

  const std::vector<std::string>& labels() const override { return trace_.request.labels; }
  void FillSnapshot(v1::Snapshot* wire) const override { server::FillSnapshot(view_, wire); }
  std::string asset() const override { return AssetText(view_, trace_.asset); }
  const std::string& EntityName(std::uint32_t entity) const override {
    return trace_.stops->EntityName(entity);
  }
  bool AreSame(std::string_view policy, std::string_view other) const override {
    const auto of_one_output = [](std::string_view name) {
      return name == "tiho" || name == "tiso" ? "tifo" : name;
    };
    return of_one_output(policy) == of_one_output(other);
  }

  absl::Status Receipts(
      const std::function<absl::Status(const v1::ReportReceipt&)>& emit) override {
    std::vector<EventNum> receipts;
    for (const std::uint32_t account : seeds_) {
      COINWAKE_RETURN_IF_ERROR(FindReceipts(account, &receipts));
    }
    std::sort(receipts.begin(), receipts.end());
    std::size_t done = 0;
    for (const EventNum number : receipts) {
      if (done++ % kPageEvents == 0) COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      v1::ReportReceipt wire;
      FillReceipt(number, &wire);
      COINWAKE_RETURN_IF_ERROR(view_.damage().status());
      COINWAKE_RETURN_IF_ERROR(emit(wire));
    }
    return absl::OkStatus();
  }

  absl::Status Trace(std::string_view policy,
                     const std::function<absl::Status(const v1::TraceEvent&)>& emit) override {
    COINWAKE_ASSIGN_OR_RETURN(trace_.request.policy, PolicyOf(policy));
    return AnswerTrace(view_, trace_, trace_limits_, cancellation_, emit);
  }

  absl::StatusOr<std::optional<Bounds>> ExitBounds() override {
    // An account that is not there: nothing is ever paid to it.
    return BoundsAt(AccountOf(AddressNum{view_.addresses_count()}, Pot::kFree));
  }

  absl::StatusOr<std::optional<Bounds>> HolderBounds(const v1::Holding& holding) override {
    if (holding.has_pot()) return std::optional<Bounds>();
    COINWAKE_ASSIGN_OR_RETURN(const AddressNum address, FindAccount(view_, holding.address()));
    const std::uint32_t account = AccountOf(address, Pot::kFree);
    if (std::binary_search(seeds_.begin(), seeds_.end(), account)) return std::optional<Bounds>();
    return BoundsAt(account);
  }

  // The account may have paid on what arrived: a trace that ends there tells all of it.
  absl::StatusOr<std::optional<std::string>> Arrived(const v1::Holding& holding,
                                                     std::string_view policy) override {
    COINWAKE_ASSIGN_OR_RETURN(const AddressNum address, FindAccount(view_, holding.address()));
    AccountTraceRequest request = trace_.request;
    COINWAKE_ASSIGN_OR_RETURN(request.policy, PolicyOf(policy));
    const StopsAndOne stops(trace_.request.stops, AccountOf(address, Pot::kFree));
    request.stops = &stops;
    ArrivedAtOne arrived;
    COINWAKE_RETURN_IF_ERROR(
        RunAccountTrace(accounts_, request, trace_limits_, cancellation_, arrived).status());
    return std::optional<std::string>(arrived.Text());
  }

 private:
  static absl::StatusOr<AccountPolicy> PolicyOf(std::string_view name) {
    return Choose<AccountPolicy>("policy", name,
                                 {{"fifo", AccountPolicy::kFifo},
                                  {"lifo", AccountPolicy::kLifo},
                                  {"tifo", AccountPolicy::kTifo},
                                  {"tiho", AccountPolicy::kTifo},
                                  {"tiso", AccountPolicy::kTifo},
                                  {"cifo", AccountPolicy::kCifo},
                                  {"haircut", AccountPolicy::kHaircut},
                                  {"poison", AccountPolicy::kPoison}});
  }

  // Appends what seeds: rule 4 of tracer/account_trace.h.
  absl::Status FindReceipts(std::uint32_t account, std::vector<EventNum>* receipts) {
    std::vector<EventNum> page;
    for (EventNum next{trace_.request.since.value_or(0)};; next = page.back() + 1) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      page.clear();
      COINWAKE_RETURN_IF_ERROR(
          view_.EventsOf(AddressOf(account), trace_.asset, next, kPageEvents, &page));
      for (const EventNum number : page) {
        if (number.value >= trace_.request.until.value_or(view_.events_count())) break;
        const std::optional<Movement> movement = MovementOf(view_.Event(number));
        if (movement.has_value() && movement->to == account &&
            movement->kind != AccountEventKind::kWithin) {
          receipts->push_back(number);
        }
      }
      if (page.size() < kPageEvents) return view_.damage().status();
    }
  }

  void FillReceipt(EventNum number, v1::ReportReceipt* wire) const {
    const LedgerEvent event = view_.Event(number);
    const TxNum tx = view_.TransactionOf(number);
    wire->set_asset(asset());
    wire->set_amount(ToDecimal(event.amount));
    wire->set_height(view_.HeightOf(tx));
    wire->set_time(view_.TimeOf(wire->height()) / 1'000);
    wire->set_txid(view_.Txid(tx).ToHex());
    wire->set_to(AccountName(view_, event.to));
    wire->set_event(static_cast<std::uint32_t>(number - view_.Events(tx).begin));
    wire->set_from(AccountName(view_, event.from));
    if (event.to_pot != Pot::kFree) wire->set_pot(std::string(PotName(event.to_pot)));
  }

  absl::StatusOr<std::optional<Bounds>> BoundsAt(std::uint32_t target) {
    if (seeds_.empty()) return std::optional<Bounds>();
    COINWAKE_ASSIGN_OR_RETURN(
        std::vector<Bounds> all,
        FindAccountBounds(accounts_, trace_.request, target, limits_.bounds, cancellation_));
    return std::optional<Bounds>(std::move(all.front()));
  }

  const AccountView& view_;
  PreparedAccountTrace trace_;
  const ReportLimits& limits_;
  const AccountTraceLimits trace_limits_;
  const Cancellation* const cancellation_;
  ViewAccounts accounts_;
  std::vector<std::uint32_t> seeds_;  // ascending
};

}  // namespace

absl::StatusOr<std::unique_ptr<SellerTrace>> PrepareAccountSeller(
    OpenNetwork& open, const v1::TraceRequest& request, const ReportLimits& limits,
    const Cancellation* cancellation) {
  COINWAKE_ASSIGN_OR_RETURN(
      PreparedAccountTrace trace,
      PrepareTrace(open.accounts(), request, &open.services, cancellation, &open.account_clusters));
  return std::unique_ptr<SellerTrace>(
      std::make_unique<AccountSeller>(open.accounts(), std::move(trace), limits, cancellation));
}

}  // namespace coinwake::server
