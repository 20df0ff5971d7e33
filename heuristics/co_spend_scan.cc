#include "heuristics/co_spend_scan.h"

#include <algorithm>
#include <atomic>
#include <span>
#include <thread>
#include <vector>

#include "heuristics/co_spend.h"
#include "heuristics/coinjoin.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kBatchTransactions = 2048;
constexpr std::size_t kPrefetchInputs = 24;  // enough to hide one cache miss behind the others

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
    flags_ = columns_.input_flags.Rows(first_input_.front(), first_input_.back());
    for (std::size_t i = 0; i + 1 < first_input_.size(); ++i) {
      ScanTransaction(TxNum{begin + i}, i);
    }
    return true;
  }

 private:
  // Offsets of the transactions and the end of the last, ascending and at most `limit`.
  bool LoadOffsets(const ColumnReader& column, std::uint64_t begin, std::uint64_t end,
                   std::uint64_t limit, std::vector<std::uint64_t>* offsets) const {
    const std::uint64_t rows_end = std::min(end + 1, columns_.transactions);
    const ByteSpan rows = column.Rows(begin, rows_end);
    offsets->clear();
    for (std::uint64_t i = begin; i <= end; ++i) {
      const std::uint64_t offset =
          i < rows_end ? LoadLe<std::uint64_t>(rows.data() + (i - begin) * sizeof(std::uint64_t))
                       : limit;
      if (offset > limit || (!offsets->empty() && offset < offsets->back())) return false;
      offsets->push_back(offset);
    }
    return true;
  }

  // The address each input of the batch spends, kNone32 where it is unknown.
  void ResolveInputs() {
    const std::uint64_t count = first_input_.back() - first_input_.front();
    const ByteSpan sources = columns_.input_source.Rows(first_input_.front(), first_input_.back());
    addresses_.resize(count);
    const auto source_at = [&](std::size_t i) {
      return InputSource::FromRow(
          LoadLe<std::uint64_t>(sources.data() + i * sizeof(std::uint64_t)));
    };
    for (std::size_t i = 0; i < count; ++i) {
      if (i + kPrefetchInputs < count) {
        const std::uint64_t row = source_at(i + kPrefetchInputs).row();
        if (row < columns_.output_address.rows) {
          __builtin_prefetch(columns_.output_address.bytes + row * sizeof(std::uint32_t));
        }
      }
      const InputSource source = source_at(i);
      const RandomColumn& column =
          source.is_foreign() ? columns_.foreign_address : columns_.output_address;
      const std::uint64_t row =
          source.is_foreign() ? source.foreign().value : source.output().value;
      const std::uint32_t address = row < column.rows ? column.Get<std::uint32_t>(row) : kNone32;
      addresses_[i] = address < columns_.address_type.rows ? address : kNone32;
    }
  }

  void ScanTransaction(TxNum tx, std::size_t index) {
    const std::size_t begin = first_input_[index] - first_input_.front();
    const std::size_t end = first_input_[index + 1] - first_input_.front();
    if (end - begin < 2) return;
    const std::span<const std::uint32_t> inputs(addresses_.data() + begin, end - begin);
    if (std::all_of(inputs.begin(), inputs.end(),
                    [&](std::uint32_t address) { return address == inputs[0]; })) {
      return;
    }
    joined_.clear();
    for (std::size_t i = begin; i < end; ++i) {
      if (addresses_[i] == kNone32) continue;
      const auto row = LoadLe<std::uint16_t>(flags_.data() + i * sizeof(std::uint16_t));
      if (InputFlags::FromRow(row).anyone_can_pay || !NamesSomebody(TypeOf(addresses_[i])) ||
          reader_.IsShared(AddressNum{addresses_[i]})) {
        continue;
      }
      joined_.push_back(addresses_[i]);
    }
    const auto smallest = std::min_element(joined_.begin(), joined_.end());
    if (joined_.size() < 2 || IsMix(tx, index)) return;
    const std::uint32_t root = *smallest;
    for (const std::uint32_t address : joined_) {
      if (address != root) unions_.Unite(root, address);
    }
  }

  ScriptType TypeOf(std::uint32_t address) const {
    return static_cast<ScriptType>(columns_.address_type.Get<std::uint8_t>(address));
  }

  bool IsMix(TxNum tx, std::size_t index) {
    // Most transactions end here: every mix has two equal outputs.
    const std::uint64_t begin = first_output_[index];
    const std::uint64_t end = first_output_[index + 1];
    if (end - begin < kMinMixOutputs) return false;
    const ByteSpan rows = columns_.output_value.Rows(begin, end);
    values_.clear();
    for (std::uint64_t i = 0; i < end - begin; ++i) {
      const auto value = LoadLe<std::uint64_t>(rows.data() + i * sizeof(std::uint64_t));
      if (value >= kMinEqualValue) values_.push_back(value);
    }
    std::sort(values_.begin(), values_.end());
    return std::adjacent_find(values_.begin(), values_.end()) != values_.end() &&
           JudgeMix(reader_.Read(tx), nullptr).may_have_parties();
  }

  const ChainColumns& columns_;
  const FactsReader& reader_;
  UnionByMin& unions_;
  std::vector<std::uint64_t> first_input_;
  std::vector<std::uint64_t> first_output_;
  ByteSpan flags_;
  std::vector<std::uint32_t> addresses_;  // of the batch's inputs
  std::vector<std::uint32_t> joined_;
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
      "tx_first_input or tx_first_output: rows are not ascending; run `coinwake verify`");
}

}  // namespace coinwake
