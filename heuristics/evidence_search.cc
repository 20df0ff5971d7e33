#include "heuristics/evidence_search.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "heuristics/co_spend.h"
#include "heuristics/same_key.h"

namespace coinwake {
namespace {

constexpr std::size_t kOutputsPage = 4096;
constexpr std::uint64_t kProbes = 4;  // of the store, for the scripts of one key

}  // namespace

absl::Status RowBudget::Take(std::uint64_t rows) {
  used_ += rows;
  if (max_ == 0 || used_ <= max_) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("more than ", max_, " inputs and outputs would have to be read"));
}

EvidenceSearch::EvidenceSearch(const FactsReader& reader, const ChangeEvidence* change,
                               AddressNum start)
    : reader_(reader), view_(reader.view()), change_(change), frontier_{start} {
  steps_.emplace(start, Step{start, TxNum{}});
}

std::vector<AddressNum> EvidenceSearch::AllReached() const {
  std::vector<AddressNum> all;
  all.reserve(steps_.size());
  for (const auto& [address, step] : steps_) all.push_back(address);
  std::sort(all.begin(), all.end());
  return all;
}

absl::Status EvidenceSearch::Advance(RowBudget* budget) {
  level_.clear();
  for (const AddressNum address : frontier_) {
    COINWAKE_RETURN_IF_ERROR(ExpandSameKey(address, budget));
    COINWAKE_RETURN_IF_ERROR(CollectSpends(address, budget));
    for (const TxNum tx : spends_) COINWAKE_RETURN_IF_ERROR(Expand(address, tx, budget));
    if (change_ != nullptr) COINWAKE_RETURN_IF_ERROR(ExpandChange(address, budget));
  }
  frontier_.clear();
  for (const auto& [address, step] : level_) {
    frontier_.push_back(address);
    steps_.emplace(address, step);
  }
  std::sort(frontier_.begin(), frontier_.end());
  return absl::OkStatus();
}

absl::Status EvidenceSearch::CollectSpends(AddressNum address, RowBudget* budget) {
  spends_.clear();
  OutputNum from{};
  do {
    outputs_.clear();
    COINWAKE_RETURN_IF_ERROR(view_.OutputsOf(address, from, kOutputsPage, &outputs_));
    COINWAKE_RETURN_IF_ERROR(budget->Take(outputs_.size()));
    for (const OutputNum output : outputs_) {
      const std::optional<TxNum> spender = view_.Spender(output);
      if (spender.has_value()) spends_.push_back(*spender);
    }
    if (!outputs_.empty()) from = outputs_.back() + 1;
  } while (outputs_.size() == kOutputsPage);
  foreign_.clear();
  COINWAKE_RETURN_IF_ERROR(view_.ForeignOf(address, &foreign_));
  COINWAKE_RETURN_IF_ERROR(budget->Take(foreign_.size()));
  for (const ForeignNum foreign : foreign_) spends_.push_back(view_.SpenderOf(foreign));
  std::sort(spends_.begin(), spends_.end());
  spends_.erase(std::unique(spends_.begin(), spends_.end()), spends_.end());
  return absl::OkStatus();
}

absl::Status EvidenceSearch::Expand(AddressNum address, TxNum tx, RowBudget* budget) {
  if (tx.value >= view_.transactions_count() || view_.Inputs(tx).size() < 2) {
    return absl::OkStatus();  // one input joins nobody
  }
  const auto [entry, is_first] = joined_.try_emplace(tx);
  std::vector<AddressNum>& joined = entry->second;
  if (is_first) {
    // Whether it mixes is judged by its outputs as well.
    COINWAKE_RETURN_IF_ERROR(budget->Take(view_.Inputs(tx).size() + view_.Outputs(tx).size()));
    joined = CoSpenders(reader_, tx);
  }
  // `address` itself may be in it only through an input that joins nobody; another address of the
  // transaction may still come here by one that does.
  if (!std::binary_search(joined.begin(), joined.end(), address)) return absl::OkStatus();
  const std::uint32_t confidence = CoSpendConfidencePermille(reader_.Read(tx));
  for (const AddressNum next : joined) {
    if (!steps_.contains(next)) Offer(next, {address, tx, Rule::kCoSpend, confidence});
  }
  joined.clear();
  joined.shrink_to_fit();
  return absl::OkStatus();
}

absl::Status EvidenceSearch::ExpandChange(AddressNum address, RowBudget* budget) {
  const std::vector<ChangeEdge> edges = change_->EdgesOf(address);
  COINWAKE_RETURN_IF_ERROR(budget->Take(edges.size()));
  for (const ChangeEdge& edge : edges) {
    const AddressNum next = edge.payer == address ? edge.change : edge.payer;
    if (!steps_.contains(next)) {
      Offer(next, {address, edge.tx, Rule::kChange, edge.confidence_permille});
    }
  }
  return absl::OkStatus();
}

absl::Status EvidenceSearch::ExpandSameKey(AddressNum address, RowBudget* budget) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<AddressNum> scripts,
                            ScriptsOfSameKey(view_, address));
  COINWAKE_RETURN_IF_ERROR(budget->Take(kProbes + scripts.size()));
  for (const AddressNum next : scripts) {
    if (!steps_.contains(next)) {
      Offer(next, {address, TxNum{}, Rule::kSameKey, kSameKeyConfidencePermille});
    }
  }
  return absl::OkStatus();
}

void EvidenceSearch::Offer(AddressNum next, const Step& step) {
  const auto [place, is_new] = level_.emplace(next, step);
  Step& there = place->second;
  const auto rank = [](const Step& one) {
    return std::tuple(one.rule != Rule::kSameKey, one.tx, one.from, one.rule);
  };
  if (!is_new && rank(step) < rank(there)) there = step;
}

}  // namespace coinwake
