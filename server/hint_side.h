// One side of a question for hints: a network, the asset that moves there, and the service on it.
#ifndef COINWAKE_SERVER_HINT_SIDE_H_
#define COINWAKE_SERVER_HINT_SIDE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heuristics/transaction_facts.h"
#include "hints/movement_source.h"
#include "hints/service_movements.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "server/index_set.h"

namespace coinwake::v1 {
class HintMovement;
class Snapshot;
}  // namespace coinwake::v1

namespace coinwake::server {

// The network where an asset moves: `asked`, or if that is empty the only indexed one of the
// asset's chain. kNotFound: none is indexed, or not that. kInvalidArgument: several are, the asset
// does not move on the one asked for, or a name is unknown.
absl::StatusOr<OpenNetwork*> ChooseForAsset(const IndexSet& indexes, std::string_view asset,
                                            std::string_view asked);

// Not thread-safe.
class HintSide {
 public:
  // `open` is borrowed. kInvalidArgument: no such asset. kNotFound: nothing was ever counted in it.
  static absl::StatusOr<std::unique_ptr<HintSide>> Make(OpenNetwork& open, std::string_view asset);
  HintSide(const HintSide&) = delete;
  HintSide& operator=(const HintSide&) = delete;

  OpenNetwork& open() const { return open_; }
  Network network() const { return open_.snapshot().network; }
  MovementSource& source() { return *source_; }
  const std::string& asset() const { return asset_; }
  // Which of two assets prices are of: 2 BTC, 1 TRX, 0 tokens.
  int base_rank() const;
  std::optional<int> known_decimals() const;

  // The addresses that labels give the name to, and those of `listed` that are valid here; of both
  // those that were seen. kResourceExhausted: more than `budget` has rows. Else as
  // ServiceSource::Get().
  absl::StatusOr<ServiceAddresses> FindService(const std::string& name,
                                               const std::vector<std::string>& listed,
                                               const MovementBudget& budget,
                                               const Cancellation* cancellation) const;
  // nullopt: never seen. kInvalidArgument: no address of the network.
  absl::StatusOr<std::optional<AddressNum>> FindAddress(const std::string& text) const;
  // The numbers (Moment::number) of its payments. nullopt: not indexed. kInvalidArgument.
  absl::StatusOr<std::optional<std::vector<std::uint64_t>>> FindPayments(
      const std::string& txid) const;

  void FillMovement(const ServiceMovement& movement, bool is_deposit, v1::HintMovement* wire) const;
  void FillSnapshot(v1::Snapshot* wire) const;
  // What the index cannot tell; empty: nothing of that sort.
  std::string Warning() const;

 private:
  explicit HintSide(OpenNetwork& open) : open_(open) {}

  std::string NameOf(AddressNum address) const;
  const ChainView& view() const;

  OpenNetwork& open_;
  std::string asset_;
  std::optional<FactsReader> facts_;  // of a chain with outputs
  std::unique_ptr<MovementSource> source_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_HINT_SIDE_H_
