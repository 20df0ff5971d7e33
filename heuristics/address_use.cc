#include "heuristics/address_use.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kRowsAtOnce = std::uint64_t{1} << 16;

class ScannedUse final : public AddressUse {
 public:
  ScannedUse(std::uint64_t addresses, std::uint64_t outputs)
      : payments_(addresses, 0), is_first_((outputs + 63) / 64, 0) {}

  // Used before anything of the chain that is indexed.
  void NoteForeign(std::uint32_t address) {
    if (address < payments_.size()) payments_[address] = kMany;
  }
  void NotePayment(std::uint64_t output, std::uint32_t address) {
    if (address >= payments_.size()) return;  // a damaged row, latched
    std::uint8_t& count = payments_[address];
    if (count == 0) is_first_[output / 64] |= std::uint64_t{1} << (output % 64);
    count = std::min<std::uint8_t>(count + 1, kMany);
  }

  bool IsFresh(OutputNum output, AddressNum) const override {
    return (is_first_[output.value / 64] >> (output.value % 64) & 1) != 0;
  }
  bool IsPaidOnce(OutputNum, AddressNum address) const override {
    return payments_[address.value] == 1;
  }

 private:
  static constexpr std::uint8_t kMany = 2;
  std::vector<std::uint8_t> payments_;  // up to kMany
  std::vector<std::uint64_t> is_first_;
};

class LookedUpUse final : public AddressUse {
 public:
  explicit LookedUpUse(const View& view) : view_(view) {}

  bool IsFresh(OutputNum output, AddressNum address) const override {
    const std::vector<OutputNum> first = FirstOf(address, 1);
    return !first.empty() && first.front() == output && !IsForeign(address);
  }
  bool IsPaidOnce(OutputNum output, AddressNum address) const override {
    const std::vector<OutputNum> first = FirstOf(address, 2);
    return first.size() == 1 && first.front() == output && !IsForeign(address);
  }

 private:
  std::vector<OutputNum> FirstOf(AddressNum address, std::size_t limit) const {
    std::vector<OutputNum> outputs;
    if (!view_.OutputsOf(address, OutputNum{0}, limit, &outputs).ok()) outputs.clear();
    return outputs;
  }
  bool IsForeign(AddressNum address) const {
    if (view_.foreign_count() == 0) return false;
    std::vector<ForeignNum> foreign;
    return view_.ForeignOf(address, &foreign).ok() && !foreign.empty();
  }

  const View& view_;
};

// Calls take(row, address) for each of the first `count` rows of a column of addresses.
template <typename Take>
void ForEachAddress(const ColumnReader& column, std::uint64_t count, Take take) {
  for (std::uint64_t begin = 0; begin < count; begin += kRowsAtOnce) {
    const std::uint64_t end = std::min(begin + kRowsAtOnce, count);
    const ByteSpan rows = column.Rows(begin, end);
    for (std::uint64_t row = begin; row < end; ++row) {
      take(row, LoadLe<std::uint32_t>(rows.data() + (row - begin) * sizeof(std::uint32_t)));
    }
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<const AddressUse>> ScanAddressUse(const View& view,
                                                                 std::uint64_t memory_bytes) {
  const std::uint64_t needed_bytes = view.addresses_count() + view.outputs_count() / 8;
  if (memory_bytes != 0 && needed_bytes > memory_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the use of ", view.addresses_count(), " addresses needs ", needed_bytes,
                     " bytes of memory, ", memory_bytes, " are allowed"));
  }
  auto use = std::make_unique<ScannedUse>(view.addresses_count(), view.outputs_count());
  ForEachAddress(view.Column(ColumnId::kForeignAddress), view.foreign_count(),
                 [&](std::uint64_t, std::uint32_t address) { use->NoteForeign(address); });
  ForEachAddress(
      view.Column(ColumnId::kOutputAddress), view.outputs_count(),
      [&](std::uint64_t output, std::uint32_t address) { use->NotePayment(output, address); });
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return std::unique_ptr<const AddressUse>(std::move(use));
}

std::unique_ptr<const AddressUse> LookUpAddressUse(const View& view) {
  return std::make_unique<LookedUpUse>(view);
}

}  // namespace coinwake
