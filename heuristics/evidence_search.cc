#include "heuristics/co_spend_search.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "heuristics/co_spend.h"

namespace coinwake {
namespace {

constexpr std::size_t kOutputsPage = 4096;

}  // namespace

absl::Status RowBudget::Take(std::uint64_t rows) {
  used_ += rows;
  if (max_ == 0 || used_ <= max_) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("more than ", max_, " inputs and outputs would have to be read"));
}

CoSpendSearch::CoSpendSearch(const FactsReader& reader, AddressNum start)
    : reader_(reader), view_(reader.view()), frontier_{start} {
  steps_.emplace(start, Step{start, TxNum{}});
}

std::vector<AddressNum> CoSpendSearch::AllReached() const {
  std::vector<AddressNum> all;
  all.reserve(steps_.size());
  for (const auto& [address, step] : steps_) all.push_back(address);
  std::sort(all.begin(), all.end());
  return all;
}

absl::Status CoSpendSearch::Advance(RowBudget* budget) {
  level_.clear();
  for (const AddressNum address : frontier_) {
    COINWAKE_RETURN_IF_ERROR(CollectSpends(address, budget));
    for (const TxNum tx : spends_) COINWAKE_RETURN_IF_ERROR(Expand(address, tx, budget));
  }
  frontier_.clear();
  for (const auto& [address, step] : level_) {
    frontier_.push_back(address);
    steps_.emplace(address, step);
  }
  std::sort(frontier_.begin(), frontier_.end());
  return absl::OkStatus();
}

absl::Status CoSpendSearch::CollectSpends(AddressNum address, RowBudget* budget) {
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

absl::Status CoSpendSearch::Expand(AddressNum address, TxNum tx, RowBudget* budget) {
  if (tx.value >= view_.transactions_count() || view_.Inputs(tx).size() < 2) {
    return absl::OkStatus();  // one input joins nobody
  }
  const auto [entry, is_first] = joined_.try_emplace(tx);
  std::vector<AddressNum>& joined = entry->second;
  if (is_first) {
    COINWAKE_RETURN_IF_ERROR(budget->Take(view_.Inputs(tx).size()));
    joined = CoSpenders(reader_, tx);
  }
  // `address` itself may be in it only through an input that joins nobody; another address of the
  // transaction may still come here by one that does.
  if (!std::binary_search(joined.begin(), joined.end(), address)) return absl::OkStatus();
  for (const AddressNum next : joined) {
    if (steps_.contains(next)) continue;
    const auto [place, is_new] = level_.emplace(next, Step{address, tx});
    Step& step = place->second;
    if (!is_new && std::pair(tx, address) < std::pair(step.tx, step.from)) step = {address, tx};
  }
  joined.clear();
  joined.shrink_to_fit();
  return absl::OkStatus();
}

}  // namespace coinwake
