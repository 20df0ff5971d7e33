// The payments of a network as timelines look at them, with names for what is in them.
#ifndef COINWAKE_SERVER_PAYMENT_FIELD_H_
#define COINWAKE_SERVER_PAYMENT_FIELD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heuristics/cluster.h"
#include "heuristics/transaction_facts.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "server/index_set.h"
#include "timeline/receipts.h"
#include "typologies/payment_source.h"

namespace coinwake::v1 {
class Snapshot;
class TimelineMoment;
class TimelineSubject;
}  // namespace coinwake::v1

namespace coinwake::server {

// Of one request: not thread-safe.
class PaymentField {
 public:
  enum class Services { kLeftOut, kKnown };

  // `open` is borrowed and must outlive the field. On a chain with outputs entities are strict
  // clusters, which are computed where they are not known; services, where they are asked for, as
  // ServiceSource::Get() has them. Errors as these. `cancellation` may be null.
  static absl::StatusOr<std::unique_ptr<PaymentField>> Open(OpenNetwork& open, Services services,
                                                            const Cancellation* cancellation);

  // What is counted from here on, by name. kInvalidArgument: none of this network, or on accounts
  // none at all; kNotFound: nothing was ever counted in it.
  absl::Status Follow(const std::string& asset);
  // The same by number, of a chain with accounts.
  void Follow(AssetNum asset);
  const std::string& asset() const { return asset_; }
  // REQUIRES: Follow() said what.
  PaymentSources sources() const;

  // One subject of a request, found.
  struct Subject {
    std::string label;
    std::vector<AddressNum> addresses;  // ascending, each once
    std::vector<std::string> names;     // as the request has them, each once
    std::vector<std::string> unseen;    // of these
  };
  // kInvalidArgument: no address, one that is none here, or a bad label.
  absl::StatusOr<Subject> Find(const v1::TimelineSubject& subject) const;
  // Assets in which the addresses have events, ascending, at most `limit`; of accounts.
  absl::StatusOr<std::vector<AssetNum>> AssetsOf(const std::vector<AddressNum>& addresses,
                                                 std::size_t limit) const;

  const Snapshot& snapshot() const { return open_.snapshot(); }
  const Damage& damage() const { return open_.damage(); }
  bool has_accounts() const { return open_.has_accounts(); }
  bool IsService(AddressNum node) const;
  std::uint64_t ClusterSizeOf(AddressNum address) const;  // 1 on accounts
  std::string NameOf(AddressNum address) const;
  std::string TxidOf(TxNum tx) const;
  std::int64_t TimeOf(std::uint64_t height) const;  // Unix seconds
  // The first payment that is not before the block; beyond the tip, the count of all.
  // REQUIRES: height >= snapshot().from_height.
  std::uint64_t FirstNumberAt(std::uint64_t height) const;
  // As chain_time.h has it.
  absl::StatusOr<std::uint64_t> HeightSince(std::string_view text) const;
  // What is to be told of an address that is not there.
  std::string NeverSeen(const std::string& name) const;
  void FillSnapshot(v1::Snapshot* wire) const;
  void FillMoment(const Moment& moment, v1::TimelineMoment* wire) const;

 private:
  explicit PaymentField(OpenNetwork& open) : open_(open) {}

  // An address and its name; nullopt: never seen.
  absl::StatusOr<std::optional<AddressNum>> FindAddress(const std::string& text,
                                                        std::string* name) const;

  OpenNetwork& open_;
  std::optional<FactsReader> facts_;
  std::shared_ptr<const Partition> partition_;
  std::shared_ptr<const KnownServices> services_;  // may be null
  std::unique_ptr<PaymentSource> addresses_;
  std::unique_ptr<PaymentSource> entities_;  // null: as addresses_
  std::string asset_;
};

// An amount in base units.
std::string AmountText(Uint128 amount);

// "2023-10-30" and "2023-W44" of the week that began then, and the day alone.
std::string DayText(std::int64_t unix_seconds);
std::string WeekText(std::int64_t monday);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_PAYMENT_FIELD_H_
