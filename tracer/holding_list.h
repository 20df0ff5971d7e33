// The holdings of one label until they can be handed out: all, or of too many the largest.
//
// A trace that reaches a hundred million outputs may find tens of millions of holdings, so one
// takes 16 bytes here; what is known of few (runs, more than 64 bits of units) stands apart. Past
// the limit the least are cut whenever twice as many have come together, which leaves what sorting
// all would leave: of two holdings the one with more taint stays, of equal ones the earlier output.
#ifndef COINWAKE_TRACER_HOLDING_LIST_H_
#define COINWAKE_TRACER_HOLDING_LIST_H_

#include <cstdint>
#include <vector>

#include "indexer/base/ids.h"
#include "tracer/taint.h"

namespace coinwake {

// Some runs of a list that belongs to whoever has the holdings.
struct RunsRef {
  std::uint64_t begin = 0;
  std::uint64_t count = 0;
};

// Not thread-safe.
class HoldingList {
 public:
  struct Entry {
    OutputNum output;
    Taint taint;
    bool spent = false;
    RunsRef runs;
  };

  // Keeps `most`; 0: all.
  explicit HoldingList(std::uint64_t most) : most_(most) {}

  // REQUIRES: entry.output < 2^62; each once.
  void Add(const Entry& entry);
  // Cuts down to the limit and brings what is left into the order of outputs. O(n log n), or O(n)
  // where that is their order already.
  void Finish();

  std::size_t size() const { return records_.size(); }  // kept; after Finish() at most the limit
  Entry At(std::size_t index) const;

  std::uint64_t cut_count() const { return cut_count_; }
  Taint cut_taint() const { return cut_taint_; }

  // What the list takes, in bytes.
  std::uint64_t SizeBytes() const {
    return records_.size() * sizeof(Record) + wide_.size() * sizeof(Wide);
  }
  // Where those that have runs say so, for whoever moves the runs. Valid until the next change.
  void CollectRuns(std::vector<RunsRef*>* refs);

 private:
  struct Record {
    std::uint64_t output : 62 = 0;
    std::uint64_t spent : 1 = 0;
    std::uint64_t is_wide : 1 = 0;
    std::uint64_t units = 0;  // or, if wide, an index into wide_
  };
  // What does not fit a record.
  struct Wide {
    std::uint64_t units_low = 0;  // a Taint would align this to 48 bytes
    std::uint64_t units_high = 0;
    RunsRef runs;

    Uint128 units() const { return static_cast<Uint128>(units_high) << 64 | units_low; }
  };

  Uint128 UnitsOf(const Record& record) const {
    return record.is_wide != 0 ? wide_[record.units].units() : record.units;
  }
  void Cut();

  const std::uint64_t most_;
  std::vector<Record> records_;
  std::vector<Wide> wide_;
  std::uint64_t cut_count_ = 0;
  Taint cut_taint_;
  Taint least_;  // what has less would be cut next; known once something was
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_HOLDING_LIST_H_
