// Typologies of laundering around one subject: what the detectors find, and how often chance would.
//
// DESCRIPTION. Ten detectors (ALGORITHMS.md 6.2; docs/typologies.md), each in a file of its own,
// look at the flows around a subject (typologies/flow_reading.h). Beside how often one finds its
// pattern stands how often it would be found if the payments of every day had been made in another
// order: the mean over graphs in which the payments of each day (UTC) have each other's moments.
// The order is drawn from the subject's own bytes: the same every time.
//
// What that says. A pattern that depends on the order of payments within a day (pass-through, round
// trip, scatter-gather, peel chain) is then rare by chance; of a pattern that only asks for many
// payments within a day or more (fans, structuring, dormant burst) expected is about observed, and
// tells no more than that. None of this is an error rate: fans and pass-through are common in
// legitimate flows.
//
// Integers alone; nothing here is a probability of guilt.
#ifndef COINWAKE_TYPOLOGIES_TYPOLOGY_H_
#define COINWAKE_TYPOLOGIES_TYPOLOGY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/base/bytes.h"
#include "typologies/account_peel.h"
#include "typologies/dormant_burst.h"
#include "typologies/fan.h"
#include "typologies/flow_reading.h"
#include "typologies/gather_scatter.h"
#include "typologies/nested_service.h"
#include "typologies/output_peel.h"
#include "typologies/pass_through.h"
#include "typologies/round_trip.h"
#include "typologies/scatter_gather.h"
#include "typologies/structuring.h"

namespace coinwake {

// Counted up with every change of what a detector finds.
inline constexpr std::uint32_t kTypologyRulesVersion = 2;

enum class TypologyKind : std::uint8_t {
  kFanIn,
  kFanOut,
  kGatherScatter,
  kScatterGather,
  kRoundTrip,
  kPeelChain,
  kStructuring,
  kPassThrough,
  kNestedService,
  kDormantBurst,
};
inline constexpr std::size_t kTypologyKinds = 10;
// fan_in, fan_out, gather_scatter, scatter_gather, round_trip, peel_chain, structuring,
// pass_through, nested_service, dormant_burst.
std::string_view TypologyName(TypologyKind kind);
std::optional<TypologyKind> TypologyNamed(std::string_view name);

struct TypologyParameters {
  FanParameters fan_in;
  FanParameters fan_out;
  GatherScatterParameters gather_scatter;
  ScatterGatherParameters scatter_gather;
  RoundTripParameters round_trip;
  PeelParameters peel_chain;
  StructuringParameters structuring;
  PassThroughParameters pass_through;
  NestedServiceParameters nested_service;
  DormantBurstParameters dormant_burst;

  ReadingLimits reading;
  std::uint64_t steps = 2'000'000;  // of one detector over one graph
  // At most: fewer where the graph is large, or a detector takes more steps over all of them.
  std::uint32_t shuffles = 100;
  std::uint64_t shuffled_steps = 20'000'000;
};

// Base units that stand for 100 USD where there are no prices: what 6.2 says in USD is said in
// them. Of USDT exactly; of bitcoin and TRX at 50,000 and at 0.10 USD, a stated choice and no rate
// of any day.
inline constexpr std::uint64_t kHundredUsdInUsdt = 100'000'000;
inline constexpr std::uint64_t kHundredUsdInSatoshi = 200'000;
inline constexpr std::uint64_t kHundredUsdInSun = 1'000'000'000;

// The defaults of 6.2. `hundred_usd`: as above; nullopt: what the asset is worth is not known, all
// amounts count and there are no thresholds. `has_accounts`: ten minutes are rapid, else an hour.
TypologyParameters DefaultParameters(std::optional<std::uint64_t> hundred_usd, bool has_accounts);

// The parameters of one detector by name, in a fixed order: numbers in decimal, lists with commas.
std::vector<std::pair<std::string, std::string>> ParametersOf(TypologyKind kind,
                                                              const TypologyParameters& parameters);

struct Typology {
  TypologyKind kind = TypologyKind::kFanIn;
  std::vector<TxNum> transactions = {};  // the evidence, ascending, each once
  Uint128 amount = 0;                    // base units: as the detector says
  std::uint32_t counterparties = 0;      // nodes that take part, the subject apart
  std::uint64_t observed = 0;            // how often the kind was found around the subject
  // How often it was found in all shuffled graphs together, and in how many of them no less often
  // than in the true one. `shuffles` 0: it does not depend on the order (peel chains of outputs: a
  // coin is spent after it was made).
  std::uint64_t shuffles = 0;
  std::uint64_t found_shuffled = 0;
  std::uint64_t as_often_shuffled = 0;
  // A line each: what its detector could not read or search to the end. Empty: it could.
  std::vector<std::string> cuts = {};
};

// How one kind was looked for around a subject, whether it was found or not.
struct KindSearch {
  TypologyKind kind = TypologyKind::kFanIn;
  // False: it asks for all of the subject's payments, and those are not known; `cuts` has why.
  bool is_looked_for = true;
  std::uint64_t found = 0;
  std::vector<std::string> cuts = {};  // as those of each finding
};

struct FoundTypologies {
  std::vector<Typology> typologies;  // by kind, then as the detector orders them
  std::vector<KindSearch> searches;  // one a kind that was asked for
};

// What an index does not have, as lines that go on; empty: it has it.
struct IndexGaps {
  std::string before = {};  // what was before it: "the index starts at height 7"
  std::string within = {};  // payments within it: "57 transactions have no receipt"
};

// What is looked for, and in what.
struct TypologySearch {
  PaymentSource& source;
  IsServiceNode is_service;            // of nodes of `source`
  const FactsReader* facts = nullptr;  // of a chain with outputs; null: of accounts
  const Cancellation* cancellation = nullptr;
  IndexGaps gaps = {};
};

// Typologies of the kinds asked for (ascending, each once) around `subject`, a node of the source.
// `name`: bytes that name the subject on its chain. Nothing told of a kind depends on which others
// are asked for; a wide graph is read only where one of them needs it. Where the index has gaps, or
// not all of the subject's payments are read, kinds that ask for all of them are not looked for.
// kDataLoss, kCancelled. Cost: the reading's, then the steps of each kind, and those of every kind
// found in each shuffled graph.
absl::StatusOr<FoundTypologies> FindTypologies(const TypologySearch& search, AddressNum subject,
                                               ByteSpan name,
                                               const std::vector<TypologyKind>& kinds,
                                               const TypologyParameters& parameters);

// found / count with two digits after the point, rounded half up. REQUIRES: count > 0.
std::string MeanText(std::uint64_t found, std::uint64_t count);
// observed over expected, with two digits, rounded down; less than one found in all shuffles counts
// as one. "" where there are none.
std::string ScoreText(const Typology& typology);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_TYPOLOGY_H_
