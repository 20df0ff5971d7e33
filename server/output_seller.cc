#include "server/output_seller.h"

#include <algorithm>
#include <utility>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/block_header.h"
#include "server/convert.h"
#include "server/names.h"
#include "server/trace_answers.h"
#include "server/trace_words.h"

namespace coinwake::server {
namespace {

// Receipts between two looks at whether to stop.
constexpr std::size_t kLookPeriod = 1024;

class OutputSeller final : public SellerTrace {
 public:
  OutputSeller(const View& view, PreparedTrace trace, const ReportLimits& limits,
               const Cancellation* cancellation)
      : view_(view), trace_(std::move(trace)), limits_(limits), cancellation_(cancellation) {
    for (const Seed& seed : trace_.request.seeds) seeds_.push_back(seed.output);
    std::sort(seeds_.begin(), seeds_.end());
    seeds_.erase(std::unique(seeds_.begin(), seeds_.end()), seeds_.end());
  }

  const std::vector<std::string>& labels() const override { return trace_.request.labels; }
  void FillSnapshot(v1::Snapshot* wire) const override {
    server::FillSnapshot(view_.snapshot(), wire);
  }
  std::string asset() const override { return kBitcoinAsset; }
  const std::string& EntityName(std::uint32_t entity) const override {
    return trace_.stops->EntityName(entity);
  }
  bool AreSame(std::string_view policy, std::string_view other) const override {
    return policy == other;
  }

  absl::Status Receipts(
      const std::function<absl::Status(const v1::ReportReceipt&)>& emit) override {
    std::size_t done = 0;
    for (const OutputNum output : seeds_) {
      if (done++ % kLookPeriod == 0) COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      const TxNum tx = view_.TransactionOf(output);
      const BlockInfo block = view_.Block(view_.HeightOf(tx));
      if (block.height < trace_.request.since_height.value_or(0) ||
          block.height > trace_.request.until_height.value_or(block.height)) {
        continue;
      }
      v1::ReportReceipt wire;
      wire.set_asset(kBitcoinAsset);
      wire.set_amount(Amount(view_.Value(output)));
      wire.set_height(block.height);
      wire.set_time(block.time);
      wire.set_txid(view_.Txid(tx).ToDisplayHex());
      wire.set_to(ScriptName(view_, view_.AddressOf(output)));
      wire.set_vout(static_cast<std::uint32_t>(output - view_.Outputs(tx).begin));
      FillSpentBy(view_, output, &wire);
      COINWAKE_RETURN_IF_ERROR(view_.damage().status());
      COINWAKE_RETURN_IF_ERROR(emit(wire));
    }
    return absl::OkStatus();
  }

  absl::Status Trace(std::string_view policy,
                     const std::function<absl::Status(const v1::TraceEvent&)>& emit) override {
    COINWAKE_ASSIGN_OR_RETURN(trace_.request.policy, PolicyOf(policy));
    return AnswerTrace(view_, trace_, limits_.trace, cancellation_, emit);
  }

  absl::StatusOr<std::optional<Bounds>> ExitBounds() override {
    // The first transaction mints: nothing is ever paid into its fee.
    return BoundsAt(FeeOf{TxNum{0}});
  }

  absl::StatusOr<std::optional<Bounds>> HolderBounds(const v1::Holding& holding) override {
    COINWAKE_ASSIGN_OR_RETURN(const TxNum tx, FindByTxid(view_, holding.txid()));
    const OutputNum output = view_.Outputs(tx).begin + holding.vout();
    if (std::binary_search(seeds_.begin(), seeds_.end(), output)) return std::optional<Bounds>();
    return BoundsAt(output);
  }

  absl::StatusOr<std::optional<std::string>> Arrived(const v1::Holding&,
                                                     std::string_view) override {
    return std::optional<std::string>();  // an unspent output keeps what arrived
  }

 private:
  static absl::StatusOr<Policy> PolicyOf(std::string_view name) {
    return Choose<Policy>("policy", name,
                          {{"fifo", Policy::kFifo},
                           {"lifo", Policy::kLifo},
                           {"tifo", Policy::kTifo},
                           {"tiho", Policy::kTiho},
                           {"tiso", Policy::kTiso},
                           {"cifo", Policy::kCifo},
                           {"haircut", Policy::kHaircut},
                           {"poison", Policy::kPoison}});
  }

  absl::StatusOr<std::optional<Bounds>> BoundsAt(const BoundsTarget& target) {
    if (seeds_.empty()) return std::optional<Bounds>();
    COINWAKE_ASSIGN_OR_RETURN(std::vector<Bounds> all, FindBounds(view_, trace_.request, target,
                                                                  limits_.bounds, cancellation_));
    return std::optional<Bounds>(std::move(all.front()));
  }

  const View& view_;
  PreparedTrace trace_;
  const ReportLimits& limits_;
  const Cancellation* const cancellation_;
  std::vector<OutputNum> seeds_;  // ascending
};

}  // namespace

absl::StatusOr<std::unique_ptr<SellerTrace>> PrepareOutputSeller(OpenNetwork& open,
                                                                 const v1::TraceRequest& request,
                                                                 const ReportLimits& limits,
                                                                 const Cancellation* cancellation) {
  COINWAKE_ASSIGN_OR_RETURN(PreparedTrace trace, PrepareTrace(open.view(), open.clusters, request,
                                                              cancellation, &open.services));
  return std::unique_ptr<SellerTrace>(
      std::make_unique<OutputSeller>(open.view(), std::move(trace), limits, cancellation));
}

}  // namespace coinwake::server
