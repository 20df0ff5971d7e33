#include "tracer/holding_list.h"

#include <algorithm>
#include <utility>

namespace coinwake {

void HoldingList::Add(const Entry& entry) {
  if (entry.taint < least_) {
    ++cut_count_;
    cut_taint_ += entry.taint;
    return;
  }
  Record record;
  record.output = entry.output.value & (~std::uint64_t{0} >> 2);
  record.spent = entry.spent ? 1 : 0;
  record.units = static_cast<std::uint64_t>(entry.taint.units());
  if (entry.runs.count != 0 || record.units != entry.taint.units()) [[unlikely]] {
    record.is_wide = 1;
    wide_.push_back(
        {record.units, static_cast<std::uint64_t>(entry.taint.units() >> 64), entry.runs});
    record.units = wide_.size() - 1;
  }
  records_.push_back(record);
  if (most_ != 0 && records_.size() / 2 >= most_) Cut();
}

// REQUIRES: there are more than may be kept.
void HoldingList::Cut() {
  const auto last = records_.begin() + static_cast<std::ptrdiff_t>(most_) - 1;
  std::nth_element(
      records_.begin(), last, records_.end(), [this](const Record& a, const Record& b) {
        const Uint128 units_of_a = UnitsOf(a);
        const Uint128 units_of_b = UnitsOf(b);
        return units_of_a != units_of_b ? units_of_a > units_of_b : a.output < b.output;
      });
  least_ = Taint::FromUnits(UnitsOf(*last));
  for (auto record = last + 1; record != records_.end(); ++record) {
    ++cut_count_;
    cut_taint_ += Taint::FromUnits(UnitsOf(*record));
  }
  records_.erase(last + 1, records_.end());
  std::vector<Wide> wide;
  for (Record& record : records_) {
    if (record.is_wide == 0) continue;
    wide.push_back(wide_[record.units]);
    record.units = wide.size() - 1;
  }
  wide_ = std::move(wide);
}

void HoldingList::Finish() {
  if (most_ != 0 && records_.size() > most_) Cut();
  const auto by_output = [](const Record& a, const Record& b) { return a.output < b.output; };
  // A sweep leaves them in order, but for a coinbase that fees reached.
  if (std::is_sorted(records_.begin(), records_.end(), by_output)) return;
  std::sort(records_.begin(), records_.end(), by_output);
}

HoldingList::Entry HoldingList::At(std::size_t index) const {
  const Record& record = records_[index];
  Entry entry;
  entry.output = OutputNum{record.output};
  entry.taint = Taint::FromUnits(UnitsOf(record));
  entry.spent = record.spent != 0;
  if (record.is_wide != 0) entry.runs = wide_[record.units].runs;
  return entry;
}

void HoldingList::CollectRuns(std::vector<RunsRef*>* refs) {
  for (Wide& wide : wide_) {
    if (wide.runs.count != 0) refs->push_back(&wide.runs);
  }
}

}  // namespace coinwake
