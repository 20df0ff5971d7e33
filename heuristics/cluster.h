// Entities: addresses joined by evidence, and why.
//
// Rule co_spend (Nakamoto 2008 section 10; Meiklejohn et al. 2013): the inputs of one transaction are
// controlled together, unless it is a coinbase, a multi-party transaction (heuristics/coinjoin.h), or
// an input's signatures are all ANYONECANPAY (it may belong to a stranger). Every union is an edge
// (a, b, rule, version, transaction, confidence); a cluster is a function of the edges and a profile,
// its id the smallest address number in it. A cluster is control, not ownership.
#ifndef COINWAKE_HEURISTICS_CLUSTER_H_
#define COINWAKE_HEURISTICS_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "indexer/view/view.h"

namespace coinwake {

enum class Profile : std::uint8_t { kStrict = 1, kStandard = 2, kExploratory = 3 };
std::string_view ProfileName(Profile profile);
std::optional<Profile> ParseProfile(std::string_view name);

enum class Rule : std::uint8_t { kCoSpend = 1 };
std::string_view RuleName(Rule rule);  // "co_spend"

// One edge of evidence.
struct EvidenceLink {
  AddressNum a;
  AddressNum b;
  Rule rule = Rule::kCoSpend;
  std::uint32_t rule_version = 1;
  TxNum tx;
  std::uint32_t confidence_permille = 0;
};

// The co-spend edges of one transaction: a star around its smallest input address. Appends to `links`.
void CoSpendLinks(const View& view, TxNum tx, std::vector<EvidenceLink>* links);

// A partition of all addresses of a view. Immutable, thread-safe. Two u32 an address.
class Partition {
 public:
  // One pass over the chain with `threads` threads; the result does not depend on their number.
  // kCancelled, kDataLoss, kResourceExhausted when `memory_bytes` (0: no cap) cannot hold it.
  static absl::StatusOr<std::shared_ptr<const Partition>> Build(const View& view, Profile profile,
                                                                int threads,
                                                                std::uint64_t memory_bytes);
  virtual ~Partition() = default;

  virtual Profile profile() const = 0;
  // Smallest address number of the cluster that holds `address`.
  virtual AddressNum ClusterOf(AddressNum address) const = 0;
  virtual std::uint64_t SizeOf(AddressNum address) const = 0;  // O(members)
  // Members in ascending order, from `after` exclusive (pass the id - 1 semantics by nullopt), at most
  // `limit`.
  virtual std::vector<AddressNum> Members(AddressNum address, std::optional<AddressNum> after,
                                          std::size_t limit) const = 0;
  virtual std::uint64_t clusters_count() const = 0;
};

// A shortest chain of links from `a` to `b`: the first touches `a`, consecutive links share an
// address, the last touches `b`. kNotFound where they are not joined under `profile`.
// kResourceExhausted when more than `max_transactions` (0: no limit) would have to be read.
absl::StatusOr<std::vector<EvidenceLink>> WhyJoined(const View& view, const Partition& partition,
                                                    AddressNum a, AddressNum b,
                                                    std::uint64_t max_transactions);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CLUSTER_H_
