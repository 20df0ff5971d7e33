// Who the addresses are that one screening meets, as far as labels, seeds and use tell.
#ifndef COINWAKE_SERVER_SCREENING_PARTIES_H_
#define COINWAKE_SERVER_SCREENING_PARTIES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/status.h"
#include "labels/label_store.h"
#include "screening/rules.h"
#include "server/index_set.h"
#include "server/screening_book.h"
#include "tracer/account_trace.h"
#include "tracer/trace.h"

namespace coinwake::server {

// The options of a request in the domain's terms; the same for all subjects of a batch. Immutable.
struct PreparedScreening {
  ScreenSides sides;
  std::shared_ptr<const RuleSet> rules;
  std::vector<std::shared_ptr<const ScreeningBook>> books;  // by RuleSet::moments
  // On networks that have accounts services that deposit accounts show, and what labels say now,
  // which goes before. Null: there are none.
  std::shared_ptr<const KnownServices> by_use;
  std::shared_ptr<const ScreeningBook> labelled_now;
  // Labels of seeds, in the order given, by address: of those that the chain saw by number, of all
  // by their bytes.
  absl::flat_hash_map<std::uint64_t, std::vector<std::string>> seeds;
  absl::flat_hash_map<std::string, std::vector<std::string>> seeds_by_bytes;
  std::string asset;  // as the request has it
  std::uint32_t max_hops = 1;
};

// A label and who is told by it, beside the claim that rules ask.
struct SaidWith {
  Said said;  // by moment
  // Of each moment the labels behind Identity::claims, one by one; null where none is (by use).
  std::vector<std::vector<std::shared_ptr<const KnownLabel>>> labels;
  std::string service;  // that deposit accounts show
};

// What labels and seeds say of the address with these bytes, seen or not. kDataLoss.
absl::StatusOr<SaidWith> SaidOfAddress(const OpenNetwork& open, const PreparedScreening& screening,
                                       ByteSpan bytes);
// What is said of the cluster of an address by other members; and who its deposit accounts show it
// to be. kDataLoss.
absl::StatusOr<SaidWith> SaidOfCluster(const OpenNetwork& open, const PreparedScreening& screening,
                                       AddressNum address);

// Not thread-safe; one screening's. All borrowed.
class ScreeningParties {
 public:
  ScreeningParties(const OpenNetwork& open, const PreparedScreening& screening)
      : open_(open), screening_(screening) {}
  ScreeningParties(const ScreeningParties&) = delete;
  ScreeningParties& operator=(const ScreeningParties&) = delete;

  // Who stands at `address`, where money on `side` is followed no further: a service, or somebody
  // whom a rule about payments on that side names. An address of which something is said itself is
  // somebody of its own, others of a cluster are one. nullopt: nobody that matters, or status()
  // tells what failed.
  std::optional<std::uint32_t> EndAt(AddressNum address, ScreenSide side);
  // kDataLoss once a label could not be read.
  const absl::Status& status() const { return status_; }

  // What EndAt() numbered.
  struct Party {
    SaidWith with;
    AddressNum address;  // the first that was met of it
  };
  const Party& At(std::uint32_t who) const { return parties_[who]; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(parties_.size()); }

 private:
  // Of a party that was met before: whether it is an end of money on a side.
  struct Met {
    std::uint32_t who = 0;
    bool is_end[kScreenSidesCount] = {};
  };
  // What stands for the party: the address, or its cluster. nullopt: nothing is said.
  std::optional<std::uint64_t> KeyOf(AddressNum address) const;
  absl::StatusOr<SaidWith> SaidAt(AddressNum address) const;

  const OpenNetwork& open_;
  const PreparedScreening& screening_;
  std::vector<Party> parties_;
  absl::flat_hash_map<std::uint64_t, Met> by_key_;
  absl::Status status_;
};

// Ends of money on one side as the stops of a trace; entities are who.
class ScreeningStops final : public AddressStops, public AccountStops {
 public:
  ScreeningStops(ScreeningParties& parties, ScreenSide side) : parties_(parties), side_(side) {}

  std::optional<Stop> StopAt(AddressNum address) const override;
  std::optional<Stop> StopAt(std::uint32_t account) const override;

 private:
  ScreeningParties& parties_;
  const ScreenSide side_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SCREENING_PARTIES_H_
