#include "heuristics/co_spend_scan.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <cstring>
#include <thread>
#include <vector>

#include "heuristics/co_spend.h"
#include "heuristics/coinjoin.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kBatchTransactions = 512;  // what they touch stays in the nearest caches
constexpr std::size_t kPrefetchInputs = 48;  // enough to hide one cache miss behind the others

// Rows [0, rows) of a column, which are met in no order: checked here, once and for all.
struct RandomColumn {
  RandomColumn(const ColumnReader& column, std::uint64_t rows_count)
      : rows(rows_count), bytes(column.Rows(0, rows_count).data()) {}
  template <typename T>
  T Get(std::uint64_t row) const {
    return LoadLe<T>(bytes + row * sizeof(T));
  }
  std::uint64_t rows;
  const std::uint8_t* bytes;
};

// What all threads read. Columns may be longer than the view: its counts bound what is read.
struct ChainColumns {
  explicit ChainColumns(const View& view)
      : first_input(view.Column(ColumnId::kTxFirstInput)),
        first_output(view.Column(ColumnId::kTxFirstOutput)),
        input_source(view.Column(ColumnId::kInputSource)),
        input_flags(view.Column(ColumnId::kInputFlags)),
        output_value(view.Column(ColumnId::kOutputValue)),
        transactions(view.transactions_count()),
        inputs(view.inputs_count()),
        output_address(view.Column(ColumnId::kOutputAddress), view.outputs_count()),
        foreign_address(view.Column(ColumnId::kForeignAddress), view.foreign_count()),
        address_type(view.Column(ColumnId::kAddressType), view.addresses_count()) {}

  const ColumnReader& first_input;
  const ColumnReader& first_output;
  const ColumnReader& input_source;
  const ColumnReader& input_flags;
  const ColumnReader& output_value;
  const std::uint64_t transactions;
  const std::uint64_t inputs;
  const RandomColumn output_address;
  const RandomColumn foreign_address;
  const RandomColumn address_type;
};

// Of every value a row of address_type may have: whether NamesSomebody().
constexpr auto kNamesSomebody = [] {
  std::array<bool, 256> names{};
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = NamesSomebody(static_cast<ScriptType>(i));
  }
  return names;
}();

// Scans batches of transactions; one for each thread. The same rule as CoSpenders(), over columns.
class BatchScanner {
 public:
  BatchScanner(const ChainColumns& columns, const FactsReader& reader, UnionByMin* unions)
      : columns_(columns), reader_(reader), unions_(*unions) {}

  // Transactions [begin, end). False when their rows contradict each other (stored bytes are
  // wrong).
  bool Scan(std::uint64_t begin, std::uint64_t end) {
    if (!LoadOffsets(columns_.first_input, begin, end, columns_.inputs, &first_input_) ||
        !LoadOffsets(columns_.first_output, begin, end, columns_.output_address.rows,
                     &first_output_)) {
      return false;
    }
    ResolveInputs();
    values_of_batch_ = columns_.output_value.Rows(first_output_.front(), first_output_.back());
    for (std::size_t i = 0; i + 1 < first_input_.size(); ++i) {
      ScanTransaction(TxNum{begin + i}, i);
    }
    return good_;
  }

 private:
  // Offsets of the transactions and the end of the last, ascending and at most `limit`.
  bool LoadOffsets(const ColumnReader& column, std::uint64_t begin, std::uint64_t end,
                   std::uint64_t limit, std::vector<std::uint64_t>* offsets) const {
    const ByteSpan rows = column.Rows(begin, std::min(end + 1, columns_.transactions));
    offsets->resize(end - begin + 1);
    offsets->back() = limit;  // of the last transaction, whose end no row tells
    std::memcpy(offsets->data(), rows.data(), rows.size());
    return std::is_sorted(offsets->begin(), offsets->end()) && offsets->back() <= limit;
  }

  // Whom each input of the batch speaks for. Two passes, each of which asks the memory for what the
  // next one looks at: nothing of it is met in order.
  void ResolveInputs() {
    const std::uint64_t count = first_input_.back() - first_input_.front();
    const ByteSpan sources = columns_.input_source.Rows(first_input_.front(), first_input_.back());
    const ByteSpan flags = columns_.input_flags.Rows(first_input_.front(), first_input_.back());
    addresses_.resize(count);
    const auto source_at = [&](std::size_t i) {
      return InputSource::FromRow(
          LoadLe<std::uint64_t>(sources.data() + i * sizeof(std::uint64_t)));
    };
    const auto prefetch = [&](std::size_t i) {
      const std::uint64_t row = source_at(i).row();
      if (row >= columns_.output_address.rows) return;  // foreign
      __builtin_prefetch(columns_.output_address.bytes + row * sizeof(std::uint32_t));
    };
    for (std::size_t i = 0; i < std::min<std::uint64_t>(count, kPrefetchInputs); ++i) prefetch(i);
    for (std::size_t i = 0; i < count; ++i) {
      if (i + kPrefetchInputs < count) prefetch(i + kPrefetchInputs);
      addresses_[i] = AddressOf(source_at(i));
      if (addresses_[i] == kNone32) continue;
      __builtin_prefetch(columns_.address_type.bytes + addresses_[i]);
      unions_.Prefetch(addresses_[i]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (addresses_[i] == kNone32) continue;
      unions_.Prefetch(unions_.Parent(addresses_[i]));
      const auto row = LoadLe<std::uint16_t>(flags.data() + i * sizeof(std::uint16_t));
      const bool names = kNamesSomebody[columns_.address_type.Get<std::uint8_t>(addresses_[i])];
      // A stranger may have added an input that is signed so.
      if (!names || InputFlags::FromRow(row).anyone_can_pay) addresses_[i] = kNone32;
    }
  }

  // What an input spends; kNone32 where it is unknown, which of coins of this chain it cannot be.
  std::uint32_t AddressOf(InputSource source) {
    const bool foreign = source.is_foreign();
    const RandomColumn& column = foreign ? columns_.foreign_address : columns_.output_address;
    const std::uint64_t row = foreign ? source.foreign().value : source.output().value;
    const auto address = row < column.rows ? column.Get<std::uint32_t>(row) : kNone32;
    if (address < columns_.address_type.rows) return address;
    if (!foreign || row >= column.rows || address != kNone32) [[unlikely]] {
      good_ = false;
    }
    return kNone32;
  }

  void ScanTransaction(TxNum tx, std::size_t index) {
    const std::size_t begin = first_input_[index] - first_input_.front();
    const std::size_t end = first_input_[index + 1] - first_input_.front();
    if (end - begin < 2) return;
    roots_.clear();
    for (std::size_t i = begin; i < end; ++i) {
      if (addresses_[i] == kNone32 || reader_.IsShared(AddressNum{addresses_[i]})) continue;
      roots_.push_back(unions_.Find(addresses_[i]));
    }
    if (roots_.empty()) return;
    const auto [smallest, largest] = std::minmax_element(roots_.begin(), roots_.end());
    // Whoever spends the same addresses again joins nothing new, and need not be judged.
    if (*smallest == *largest || IsMix(tx, index)) return;
    for (const std::uint32_t root : roots_) {
      if (root != *smallest) unions_.Unite(*smallest, root);
    }
  }

  bool IsMix(TxNum tx, std::size_t index) {
    // Most transactions end here: every mix has two equal outputs.
    const std::uint64_t begin = first_output_[index] - first_output_.front();
    const std::uint64_t count = first_output_[index + 1] - first_output_[index];
    if (count < kMinMixOutputs ||
        !HasEqualValues(values_of_batch_.subspan(begin * sizeof(std::uint64_t),
                                                 count * sizeof(std::uint64_t)))) {
      return false;
    }
    PrefetchValues(tx);
    return MayHaveParties(reader_.Read(tx));
  }

  // Asks the memory for what the inputs are worth, all at once.
  void PrefetchValues(TxNum tx) const {
    const View& view = reader_.view();
    const IdRange<InputNum> inputs = view.Inputs(tx);
    for (InputNum input = inputs.begin; input != inputs.end; ++input) {
      const InputSource source = view.Source(input);
      if (source.is_foreign()) continue;
      const std::uint64_t row = source.output().value;
      __builtin_prefetch(columns_.output_value.Rows(row, row + 1).data());
    }
  }

  // Whether two rows of output_value are equal and at least kMinEqualValue. Sorts them only where a
  // hash says that two may be.
  bool HasEqualValues(ByteSpan rows) {
    std::bitset<kHashes> seen;
    bool may_have = false;
    values_.clear();
    for (std::size_t at = 0; at < rows.size(); at += sizeof(std::uint64_t)) {
      const auto value = LoadLe<std::uint64_t>(rows.data() + at);
      if (value < kMinEqualValue) continue;
      const std::size_t hash = value * kHashFactor / (~std::uint64_t{0} / kHashes + 1);
      may_have = may_have || seen[hash];
      seen.set(hash);
      values_.push_back(value);
    }
    if (!may_have) return false;
    std::sort(values_.begin(), values_.end());
    return std::adjacent_find(values_.begin(), values_.end()) != values_.end();
  }

  static constexpr std::size_t kHashes = 2048;  // a power of two; most batches pay fewer
  static constexpr std::uint64_t kHashFactor = 0x9e3779b97f4a7c15;  // odd, without a pattern

  const ChainColumns& columns_;
  const FactsReader& reader_;
  UnionByMin& unions_;
  bool good_ = true;  // no row named what does not exist
  std::vector<std::uint64_t> first_input_;
  std::vector<std::uint64_t> first_output_;
  // Whom the batch's inputs speak for; kNone32: nobody known.
  std::vector<std::uint32_t> addresses_;
  std::vector<std::uint32_t> roots_;  // of one transaction's
  ByteSpan values_of_batch_;          // rows of output_value
  std::vector<std::uint64_t> values_;
};

// False when some batch could not be read.
bool ScanChain(const ChainColumns& columns, const FactsReader& reader, TxNum first, int threads,
               UnionByMin* unions) {
  const std::uint64_t transactions = reader.view().transactions_count();
  std::atomic<std::uint64_t> next_batch{0};
  std::atomic<bool> good{true};
  const auto work = [&] {
    BatchScanner scanner(columns, reader, unions);
    while (good.load(std::memory_order_relaxed)) {
      const std::uint64_t begin =
          first.value + next_batch.fetch_add(1, std::memory_order_relaxed) * kBatchTransactions;
      if (begin >= transactions) return;
      const std::uint64_t end = std::min(begin + kBatchTransactions, transactions);
      if (!scanner.Scan(begin, end)) good.store(false, std::memory_order_relaxed);
    }
  };
  std::vector<std::jthread> helpers;
  for (int i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();  // joins
  return good.load(std::memory_order_relaxed);
}

}  // namespace

absl::Status UniteCoSpends(const FactsReader& reader, TxNum begin, int threads,
                           UnionByMin* unions) {
  const View& view = reader.view();
  const ChainColumns columns(view);
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  const bool good = ScanChain(columns, reader, begin, threads, unions);
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  if (good) return absl::OkStatus();
  return absl::DataLossError(
      "columns of inputs and outputs: rows name what does not exist, or are not ascending; run "
      "`coinwake verify`");
}

}  // namespace coinwake
