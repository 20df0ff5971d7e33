#include "typologies/output_peel.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "heuristics/peel_chain.h"
#include "typologies/finding.h"

namespace coinwake {
namespace {

// A chain under way.
class PeelWalk {
 public:
  PeelWalk(const OutputPeelSearch& search, const PeelParameters& parameters)
      : view_(search.facts.view()), search_(search), parameters_(parameters) {}

  // False: the hop does not belong to it, and it ends there.
  bool Add(const PeelHop& hop) {
    if (view_.Inputs(hop.tx).size() > kMostPeelInputs) return false;
    if (TimeOf(hop.next) - TimeOf(hop.tx) > parameters_.gap_s) return false;
    Uint128 in = 0;
    for (InputNum input = view_.Inputs(hop.tx).begin; input != view_.Inputs(hop.tx).end; ++input) {
      const auto value = view_.SourceValue(view_.Source(input));
      if (!value.has_value()) return false;
      in += *value;
    }
    if (found_.transactions.empty() && in < parameters_.least_amount) return false;
    const OutputNum first = view_.Outputs(hop.tx).begin;
    Uint128 peeled = 0;
    std::vector<AddressNum> payees;
    for (const PeeledOutput& output : hop.peeled) {
      const AddressNum payee = search_.payments.NodeOf(view_.AddressOf(first + output.vout));
      if (payee == search_.subject) continue;
      peeled += view_.Value(first + output.vout);
      payees.push_back(payee);
    }
    if (peeled == 0 || peeled * 1000 > in * parameters_.greatest_peel_permille) return false;
    for (const AddressNum payee : payees) payees_.insert(payee.value);
    found_.amount += peeled;
    if (found_.transactions.empty()) found_.transactions.push_back(hop.tx);
    found_.transactions.push_back(hop.next);
    return true;
  }

  std::size_t hops() const {
    return found_.transactions.empty() ? 0 : found_.transactions.size() - 1;
  }
  OutputPeel Take(bool is_cut) {
    found_.is_cut = is_cut;
    found_.counterparties = static_cast<std::uint32_t>(payees_.size());
    return std::move(found_);
  }

 private:
  std::int64_t TimeOf(TxNum tx) const { return view_.Block(view_.HeightOf(tx)).time; }

  const View& view_;
  const OutputPeelSearch& search_;
  const PeelParameters& parameters_;
  OutputPeel found_;
  absl::flat_hash_set<std::uint64_t> payees_;
};

// What a hop that ends a chain returns, to stop following.
absl::Status Ended() { return absl::OutOfRangeError("the chain ends here"); }

}  // namespace

absl::StatusOr<OutputPeels> FindOutputPeels(const OutputPeelSearch& search,
                                            const std::vector<TxNum>& starts,
                                            const PeelParameters& parameters,
                                            std::uint64_t max_rows,
                                            const Cancellation* cancellation) {
  OutputPeels found;
  const View& view = search.facts.view();
  absl::flat_hash_set<std::uint64_t> taken;
  std::uint64_t rows = 0;
  for (const TxNum start : starts) {
    // The first hop would end there.
    if (taken.contains(start.value) || view.Inputs(start).size() > kMostPeelInputs) continue;
    if (rows >= max_rows) {
      found.is_cut = true;
      break;
    }
    PeelWalk chain(search, parameters);
    PeelLimits limits{.max_hops = kMostPeelHops, .max_rows = max_rows - rows, .rows_read = &rows};
    if (search.is_service) {
      limits.service_of = [&search](AddressNum address) {
        return search.is_service(address) ? std::optional<std::string>("") : std::nullopt;
      };
    }
    const absl::StatusOr<PeelEnd> end =
        FollowPeelChain(search.facts, /*model=*/nullptr, start, PeelDirection::kForward, limits,
                        cancellation, [&](const PeelHop& hop) {
                          if (taken.contains(hop.next.value) || !chain.Add(hop)) return Ended();
                          return absl::OkStatus();
                        });
    if (!end.ok() && !absl::IsOutOfRange(end.status())) return end.status();
    const bool is_out_of_rows = end.ok() && end->stop == PeelStop::kRowLimit;
    found.is_cut = found.is_cut || is_out_of_rows;
    if (chain.hops() < parameters.least_hops) continue;
    found.chains.push_back(
        chain.Take(is_out_of_rows || (end.ok() && end->stop == PeelStop::kMaxHops)));
    for (const TxNum tx : found.chains.back().transactions) taken.insert(tx.value);
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return found;
}

}  // namespace coinwake
