// Entities: addresses joined by evidence, and why.
//
// Rule co_spend (Nakamoto 2008 section 10; Meiklejohn et al. 2013): the inputs of one transaction
// are controlled together, unless it is a coinbase, a multi-party transaction
// (heuristics/coinjoin.h), or an input's signatures are all ANYONECANPAY (it may belong to a
// stranger). Rule same_key: what one public key controls (heuristics/same_key.h). Every union is an
// edge (a, b, rule, version, transaction, confidence); a cluster is a function of the edges and a
// profile, its id the smallest address number in it. A cluster is control, not ownership.
#ifndef COINWAKE_HEURISTICS_CLUSTER_H_
#define COINWAKE_HEURISTICS_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "heuristics/change_evidence.h"
#include "heuristics/change_model.h"
#include "heuristics/known_owners.h"
#include "indexer/view/view.h"

namespace coinwake {

class KeptPartitions;

// Which evidence a partition uses: `strict` same keys and co-spends; `standard` also change that
// the chain's own model holds for it with at most one in a hundred wrong; `exploratory` one in
// twenty.
enum class Profile : std::uint8_t { kStrict = 1, kStandard = 2, kExploratory = 3 };
std::string_view ProfileName(Profile profile);
std::optional<Profile> ParseProfile(std::string_view name);

enum class Rule : std::uint8_t { kCoSpend = 1, kChange = 2, kSameKey = 3 };
std::string_view RuleName(Rule rule);  // co_spend, change, same_key
// Every change of what a rule joins is a new version of it. Of `change`: how what the model found
// makes unions; rules and model have versions of their own (heuristics/change_rules.h,
// change_model.h).
inline constexpr std::uint32_t kCoSpendVersion = 2;
inline constexpr std::uint32_t kChangeVersion = 2;
inline constexpr std::uint32_t kSameKeyVersion = 1;
std::uint32_t RuleVersion(Rule rule);

// A prior, not measured: how far one co-spend is trusted, less where it may be a PayJoin
// (heuristics/co_spend.h). It leaves room for what the rule cannot see, PayJoin and shared custody
// above all (docs/design/clusters.md). It takes no part in forming clusters.
inline constexpr std::uint32_t kCoSpendConfidencePermille = 950;

// What a hash function and a signature show.
inline constexpr std::uint32_t kSameKeyConfidencePermille = 1000;

// One edge of evidence.
struct EvidenceLink {
  AddressNum a;
  AddressNum b;
  Rule rule = Rule::kCoSpend;
  std::uint32_t rule_version = kCoSpendVersion;  // as RuleVersion()
  TxNum tx;                                      // of same_key: ShowingOfSameKey()
  std::uint32_t confidence_permille = 0;

  friend bool operator==(const EvidenceLink&, const EvidenceLink&) = default;
};

// What a partition may be made from beside the chain. All borrowed, and may be null.
struct PartitionSources {
  KeptPartitions* kept = nullptr;       // what is there saves work, never changes an answer
  const KnownOwners* owners = nullptr;  // clusters of different owners are not joined by change
};

// A partition of all addresses of a view. Immutable, thread-safe; does not keep the view. A u32
// an address, and another once members are asked for.
//
// Same keys and co-spends up to the tip take part in every profile. What the others add, which can
// only be judged by what comes after it, is as of the last epoch (heuristics/epoch.h): the model,
// and the change it finds in the chain as it was then.
class Partition {
 public:
  // One pass over the chain with `threads` threads (under 1 is 1), for profiles with change five,
  // less what is kept; the result does not depend on their number. `strict` takes about a hundred
  // nanoseconds a transaction where the columns fit the page cache, the others some microseconds.
  // kDataLoss where a column is damaged. kResourceExhausted when `memory_bytes` (0: no cap) cannot
  // hold it, told at once but for change, whose edges are only known when it was found; or for 2^32
  // addresses and more.
  static absl::StatusOr<std::shared_ptr<const Partition>> Build(
      const View& view, Profile profile, int threads, std::uint64_t memory_bytes,
      const PartitionSources& sources = {});
  virtual ~Partition() = default;

  virtual Profile profile() const = 0;
  // REQUIRES of all below: address < addresses_count() of the view.
  // Smallest address number of the cluster that holds `address`.
  virtual AddressNum ClusterOf(AddressNum address) const = 0;
  virtual std::uint64_t SizeOf(AddressNum address) const = 0;  // O(members)
  // Members in ascending order, those > `after` where it is given, at most `limit`. O(result) when
  // `after` is a member, else O(members).
  virtual std::vector<AddressNum> Members(AddressNum address, std::optional<AddressNum> after,
                                          std::size_t limit) const = 0;
  virtual std::uint64_t clusters_count() const = 0;
  // What joins a payer with its change; empty under `strict`.
  virtual const ChangeEvidence& change() const = 0;
  // What found it, fitted at the epoch. Absent under `strict`.
  virtual const std::optional<ChangeModel>& model() const = 0;
};

// One cluster, its members ascending. Immutable, thread-safe.
class Cluster {
 public:
  // REQUIRES: `members` not empty, ascending.
  explicit Cluster(std::vector<AddressNum> members) : members_(std::move(members)) {}
  // The one that holds `address` in `partition`, which it shares.
  Cluster(std::shared_ptr<const Partition> partition, AddressNum address)
      : partition_(std::move(partition)), address_(address) {}

  AddressNum id() const;       // its smallest member
  std::uint64_t size() const;  // O(members) where it is part of a partition
  // As Partition::Members.
  std::vector<AddressNum> Members(std::optional<AddressNum> after, std::size_t limit) const;

 private:
  std::shared_ptr<const Partition> partition_;  // null: members_ are all
  AddressNum address_;
  std::vector<AddressNum> members_;
};

// The cluster of one address, found from it alone: what has its key or was spent with it, what has
// the key of that or was spent with that, and so on; the same that a partition has. REQUIRES:
// profile is strict; change needs the whole chain. kResourceExhausted when more than `max_rows` (0:
// no limit) inputs and outputs would have to be read: build a partition then. kDataLoss.
absl::StatusOr<Cluster> ClusterAround(const View& view, Profile profile, AddressNum address,
                                      std::uint64_t max_rows);

// A shortest chain of links from `a` to `b`: the first touches `a`, consecutive links share an
// address, the last touches `b`; each link's `a` is the end nearer to `a`. Two inputs of one
// transaction are one link apart, so the chain names as few transactions as can be. Of equally
// short chains the one reported is fixed: at every step a same key wins, then the smallest
// transaction, then the smallest address. Empty for a == b. kNotFound where they are not joined:
// told at once by `partition`, which is of the same snapshot as `view`; where that is null, once
// all that is joined to one of them was read. kResourceExhausted when more than `max_rows` (0: no
// limit) inputs and outputs would have to be read. kDataLoss. Cost: the transactions and outputs of
// the addresses met, breadth first from both ends.
absl::StatusOr<std::vector<EvidenceLink>> WhyJoined(const View& view, const Partition* partition,
                                                    AddressNum a, AddressNum b,
                                                    std::uint64_t max_rows);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CLUSTER_H_
