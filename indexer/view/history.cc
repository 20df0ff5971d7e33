// An address's history from its outputs and the transactions that spent them.
#include "indexer/view/history.h"

#include <algorithm>
#include <limits>

namespace coinwake {
namespace {

// Outputs fetched at once.
constexpr std::size_t kPageOutputs = 4096;

// Calls `visit(output, creator)` for the outputs of `address` from `from` on, in chain order, until
// it returns false.
template <typename Visit>
absl::Status ForEachOutput(const View& view, AddressNum address, OutputNum from,
                           const Cancellation* cancellation, Visit visit) {
  std::vector<OutputNum> page;
  // Neighbouring outputs are often of one transaction.
  TxNum creator{0};
  IdRange<OutputNum> of_creator{OutputNum{0}, OutputNum{0}};
  do {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    page.clear();
    COINWAKE_RETURN_IF_ERROR(view.OutputsOf(address, from, kPageOutputs, &page));
    for (const OutputNum output : page) {
      if (!of_creator.contains(output)) {
        creator = view.TransactionOf(output);
        of_creator = view.Outputs(creator);
      }
      if (!visit(output, creator)) return view.damage().status();
    }
    if (!page.empty()) from = page.back() + 1;
  } while (page.size() == kPageOutputs);
  return view.damage().status();
}

// The first `limit` entries at or after `from`, whatever order their parts come in. Memory is
// O(limit), or O(entries) where that is less.
class FirstEntries {
 public:
  FirstEntries(TxNum from, std::size_t limit) : from_(from), limit_(limit) {
    if (limit <= (std::numeric_limits<std::size_t>::max() - kSlack) / 2) {
      crowded_ = 2 * limit + kSlack;
    }
  }

  // False when neither this part nor one of a later transaction can belong to the entries sought.
  bool Add(TxNum tx, std::uint64_t received, std::uint64_t sent) {
    if (full_ && tx > entries_[limit_ - 1].tx) return false;
    if (tx < from_) return true;
    entries_.push_back({tx, received, sent});
    if (entries_.size() >= crowded_) Condense();
    return true;
  }

  std::vector<HistoryEntry> Take() {
    Condense();
    return std::move(entries_);
  }

 private:
  static constexpr std::size_t kSlack = 4096;

  // One entry a transaction, ascending, no more than the limit.
  void Condense() {
    std::sort(entries_.begin(), entries_.end(),
              [](const HistoryEntry& a, const HistoryEntry& b) { return a.tx < b.tx; });
    std::size_t count = 0;
    for (const HistoryEntry& entry : entries_) {
      if (count != 0 && entries_[count - 1].tx == entry.tx) {
        entries_[count - 1].received += entry.received;
        entries_[count - 1].sent += entry.sent;
      } else {
        if (count == limit_) break;
        entries_[count++] = entry;
      }
    }
    entries_.resize(count);
    full_ = count == limit_;
  }

  const TxNum from_;
  const std::size_t limit_;
  std::size_t crowded_ = std::numeric_limits<std::size_t>::max();
  bool full_ = false;  // the first limit_ of entries_ are condensed: a later transaction is out
  std::vector<HistoryEntry> entries_;
};

std::uint64_t CountDistinct(std::vector<TxNum>* txs) {
  std::sort(txs->begin(), txs->end());
  txs->erase(std::unique(txs->begin(), txs->end()), txs->end());
  return txs->size();
}

}  // namespace

absl::StatusOr<std::vector<HistoryEntry>> HistoryOf(const View& view, AddressNum address,
                                                    TxNum from, std::size_t limit,
                                                    const Cancellation* cancellation) {
  if (limit == 0) return std::vector<HistoryEntry>();
  FirstEntries entries(from, limit);
  std::vector<ForeignNum> foreign;
  COINWAKE_RETURN_IF_ERROR(view.ForeignOf(address, &foreign));
  for (const ForeignNum row : foreign) {
    entries.Add(view.SpenderOf(row), 0, view.SourceValue(InputSource::Of(row)).value_or(0));
  }
  COINWAKE_RETURN_IF_ERROR(ForEachOutput(view, address, OutputNum{0}, cancellation,
                                         [&view, &entries](OutputNum output, TxNum creator) {
                                           const std::uint64_t value = view.Value(output);
                                           if (!entries.Add(creator, value, 0))
                                             return false;  // spenders come later still
                                           if (const auto spender = view.Spender(output))
                                             entries.Add(*spender, 0, value);
                                           return true;
                                         }));
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return entries.Take();
}

absl::StatusOr<AddressSums> SumsOf(const View& view, AddressNum address,
                                   const Cancellation* cancellation) {
  AddressSums sums;
  std::vector<TxNum> txs;
  COINWAKE_RETURN_IF_ERROR(ForEachOutput(view, address, OutputNum{0}, cancellation,
                                         [&view, &sums, &txs](OutputNum output, TxNum creator) {
                                           const std::uint64_t value = view.Value(output);
                                           ++sums.outputs;
                                           sums.received += value;
                                           if (txs.empty() || txs.back() != creator)
                                             txs.push_back(creator);
                                           if (const auto spender = view.Spender(output)) {
                                             sums.sent += value;
                                             txs.push_back(*spender);
                                           } else {
                                             sums.balance += value;
                                           }
                                           return true;
                                         }));
  std::vector<ForeignNum> foreign;
  COINWAKE_RETURN_IF_ERROR(view.ForeignOf(address, &foreign));
  for (const ForeignNum row : foreign) {
    sums.sent += view.SourceValue(InputSource::Of(row)).value_or(0);
    txs.push_back(view.SpenderOf(row));
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  sums.transactions = CountDistinct(&txs);
  if (!txs.empty()) {
    sums.first = txs.front();
    sums.last = txs.back();
  }
  return sums;
}

absl::StatusOr<std::vector<OutputNum>> UnspentOf(const View& view, AddressNum address,
                                                 OutputNum from, std::size_t limit,
                                                 const Cancellation* cancellation) {
  std::vector<OutputNum> unspent;
  if (limit == 0) return unspent;
  COINWAKE_RETURN_IF_ERROR(
      ForEachOutput(view, address, from, cancellation, [&](OutputNum output, TxNum /*creator*/) {
        if (!view.Spender(output).has_value() && !view.IsUnspendable(output)) {
          unspent.push_back(output);
        }
        return unspent.size() < limit;
      }));
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return unspent;
}

}  // namespace coinwake
