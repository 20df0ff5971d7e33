// Haircut: every output, and the fee, gets the same fraction of taint (Moeser, Boehme, Breuker
// 2014), in units of 2^-12 satoshi by largest remainder (tracer/apportion.h).
#ifndef COINWAKE_TRACER_HAIRCUT_H_
#define COINWAKE_TRACER_HAIRCUT_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tracer/apportion.h"
#include "tracer/sweep.h"

namespace coinwake {

// Only the sum of what reaches a transaction matters, so the state is one sum a label for each
// transaction still to be visited. Labels that compete are apportioned in rank order, each over the
// capacity the ones before it left.
class HaircutSweep : public TaintSweep {
 public:
  using TaintSweep::TaintSweep;

 protected:
  void OnTransaction(TxNum tx, bool reached, Seeds seeds) override;
  void Prefetch(TxNum tx) const override;
  bool HasFeeTaint() const override { return !fees_.empty(); }
  void DegradeFees() override;
  void OnCoinbase(const BlockReward& reward, Seeds seeds) override;

 private:
  // What waits for a transaction: the smallest label's sum stands in the map, further ones, by
  // label, in a chain in `more_`.
  struct Pending {
    std::uint64_t units = 0;
    std::uint32_t label = 0;
    std::uint32_t hops = 0;
    std::uint32_t next = kNoMore;  // index into more_
  };
  static constexpr std::uint32_t kNoMore = 0xffffffff;

  // Adds parts_, ascending by label, to what waits for `spender`.
  void Forward(TxNum spender);
  // Adds to one sum; what would not fit is degraded.
  void AddTo(Pending* pending, const TaintPart& part);
  std::uint32_t NewSlot(const Pending& pending);
  void TakePending(TxNum tx);
  void Degrade();
  bool Fits(std::uint64_t total_sat) const;
  void Apportion(std::uint64_t tail_sat);
  void PlaceAll(TxNum tx, TxNum first_spender, Seeds seeds);
  void Place(OutputNum output, std::uint64_t value_sat, TxNum first_spender, Seeds seeds);
  void PlaceFee();
  bool BooksBalance() const;

  absl::flat_hash_map<std::uint64_t, Pending> pending_;  // by TxNum
  std::vector<Pending> more_;
  std::vector<std::uint32_t> free_;

  // Of the transaction at hand, kept for their memory.
  std::vector<TaintPart> arrived_;  // by label
  std::vector<TaintPart> parts_;
  std::vector<std::uint64_t> capacities_;  // of each output, then the tail, in units
  std::vector<std::uint64_t> shares_;      // a row of capacities_.size() for each of arrived_
  Apportioner apportioner_;

  std::vector<TaintPart> fees_;  // FeeMode::kMiner: of the current block, by label
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_HAIRCUT_H_
