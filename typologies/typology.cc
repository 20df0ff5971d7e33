#include "typologies/typology.h"

#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/str_cat.h"
#include "indexer/base/amount.h"

namespace coinwake {
namespace {

constexpr std::array<std::string_view, kTypologyKinds> kNames = {
    "fan_in",     "fan_out",     "gather_scatter", "scatter_gather", "round_trip",
    "peel_chain", "structuring", "pass_through",   "nested_service", "dormant_burst"};

// Flows copied for all shuffled graphs together: about a second.
constexpr std::uint64_t kMostShuffledFlows = 5'000'000;

// FNV-1a, 64 bits.
std::uint64_t SeedOf(ByteSpan name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::uint8_t byte : name) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

bool NeedsWide(TypologyKind kind, bool has_accounts) {
  return kind == TypologyKind::kScatterGather || kind == TypologyKind::kRoundTrip ||
         (kind == TypologyKind::kPeelChain && has_accounts);
}

// Says something of all that the subject ever did.
bool NeedsWholeLife(TypologyKind kind) {
  return kind == TypologyKind::kPassThrough || kind == TypologyKind::kNestedService ||
         kind == TypologyKind::kDormantBurst;
}

std::vector<Finding> Detect(TypologyKind kind, const FlowGraph& graph,
                            const TypologyParameters& parameters, StepBudget& steps) {
  switch (kind) {
    case TypologyKind::kFanIn:
      return FindFans(graph, FanDirection::kIn, parameters.fan_in, steps);
    case TypologyKind::kFanOut:
      return FindFans(graph, FanDirection::kOut, parameters.fan_out, steps);
    case TypologyKind::kGatherScatter:
      return FindGatherScatters(graph, parameters.gather_scatter, steps);
    case TypologyKind::kScatterGather:
      return FindScatterGathers(graph, parameters.scatter_gather, steps);
    case TypologyKind::kRoundTrip:
      return FindRoundTrips(graph, parameters.round_trip, steps);
    case TypologyKind::kPeelChain:
      return FindAccountPeels(graph, parameters.peel_chain, steps);
    case TypologyKind::kStructuring:
      return FindStructuring(graph, parameters.structuring, steps);
    case TypologyKind::kPassThrough:
      return FindPassThrough(graph, parameters.pass_through, steps);
    case TypologyKind::kNestedService:
      return FindNestedService(graph, parameters.nested_service, steps);
    case TypologyKind::kDormantBurst:
      return FindDormantBursts(graph, parameters.dormant_burst, steps);
  }
  return {};
}

std::vector<TxNum> TransactionsOf(const FlowGraph& graph, const Finding& finding) {
  std::vector<TxNum> transactions;
  for (const std::uint32_t number : finding.flows) transactions.push_back(graph.flow(number).at.tx);
  std::sort(transactions.begin(), transactions.end());
  transactions.erase(std::unique(transactions.begin(), transactions.end()), transactions.end());
  return transactions;
}

// One kind's share of what is found.
struct OfKind {
  KindSearch search = {};
  std::vector<Typology> found = {};
  bool is_timed = true;  // the order of payments matters, and shuffled graphs are asked
  std::uint64_t shuffles = 0;
  std::uint64_t found_shuffled = 0;
  std::uint64_t as_often_shuffled = 0;
};

class Searching {
 public:
  Searching(const TypologySearch& search, AddressNum subject, const TypologyParameters& parameters)
      : search_(search), subject_(subject), parameters_(parameters) {}

  absl::StatusOr<FoundTypologies> Find(ByteSpan name, const std::vector<TypologyKind>& kinds) {
    const bool with_wide =
        std::any_of(kinds.begin(), kinds.end(), [this](TypologyKind kind) { return IsWide(kind); });
    COINWAKE_ASSIGN_OR_RETURN(const FlowReading reading,
                              ReadFlows(search_.source, subject_, with_wide, parameters_.reading,
                                        search_.is_service, search_.cancellation));
    for (const TypologyKind kind : kinds) COINWAKE_RETURN_IF_ERROR(FindKind(reading, kind));
    COINWAKE_RETURN_IF_ERROR(Shuffle(reading.near, /*is_wide=*/false, SeedOf(name)));
    COINWAKE_RETURN_IF_ERROR(Shuffle(reading.wide, /*is_wide=*/true, ~SeedOf(name)));
    FoundTypologies result;
    for (OfKind& one : kinds_) {
      one.search.found = one.found.size();
      for (Typology& typology : one.found) {
        typology.observed = one.found.size();
        typology.shuffles = one.shuffles;
        typology.found_shuffled = one.found_shuffled;
        typology.as_often_shuffled = one.as_often_shuffled;
        typology.cuts.insert(typology.cuts.begin(), one.search.cuts.begin(), one.search.cuts.end());
        result.typologies.push_back(std::move(typology));
      }
      result.searches.push_back(std::move(one.search));
    }
    return result;
  }

 private:
  bool IsWide(TypologyKind kind) const { return NeedsWide(kind, search_.facts == nullptr); }
  bool IsOfOutputs(TypologyKind kind) const {
    return kind == TypologyKind::kPeelChain && search_.facts != nullptr;
  }
  const FlowGraph& GraphOf(const FlowReading& reading, TypologyKind kind) const {
    return IsWide(kind) ? reading.wide : reading.near;
  }

  // What of the payments that the kind is about is not known.
  void NoteGaps(const FlowReading& reading, KindSearch* one) const {
    const bool is_of_life = NeedsWholeLife(one->kind);
    const auto note = [&](const std::string& gap, std::string_view else_so) {
      one->cuts.push_back(absl::StrCat(
          gap,
          std::string(is_of_life
                          ? ": not looked for, since not all of the subject's payments are known"
                          : else_so)));
      if (is_of_life) one->is_looked_for = false;
    };
    const bool is_of_fresh = one->kind == TypologyKind::kPeelChain;
    if (!search_.gaps.before.empty() && (is_of_life || is_of_fresh)) {
      note(search_.gaps.before, ": whom it did not see before counts as fresh");
    }
    if (!search_.gaps.within.empty()) note(search_.gaps.within, ": payments may be missing");
    if (reading.is_subject_cut) {
      note("the subject has more payments than are read", ": only its first ones count");
    }
  }

  void NoteWide(const FlowReading& reading, KindSearch* one) const {
    const ReadingLimits& limits = parameters_.reading;
    if (reading.is_wide_cut) {
      one->cuts.push_back(absl::StrCat(
          "not all flows around the subject were read: they take more "
          "than ",
          limits.rows, " rows or ", limits.steps, " steps, or are more than ", limits.flows));
    }
    if (reading.hubs != 0) {
      one->cuts.push_back(
          absl::StrCat("nodes with more than ", limits.node_payments,
                       " payments, which nothing was followed through: ", reading.hubs));
    }
  }

  absl::Status FindKind(const FlowReading& reading, TypologyKind kind) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(search_.cancellation));
    OfKind& one = kinds_.emplace_back();
    one.search.kind = kind;
    NoteGaps(reading, &one.search);
    if (!one.search.is_looked_for) return absl::OkStatus();
    if (IsWide(kind)) NoteWide(reading, &one.search);
    if (IsOfOutputs(kind)) return FindPeels(reading, &one);
    StepBudget steps(parameters_.steps);
    const FlowGraph& graph = GraphOf(reading, kind);
    for (const Finding& finding : Detect(kind, graph, parameters_, steps)) {
      Typology& typology = one.found.emplace_back();
      typology.kind = kind;
      typology.transactions = TransactionsOf(graph, finding);
      typology.amount = finding.amount;
      typology.counterparties = finding.counterparties;
      if (finding.is_cut) typology.cuts.push_back(GoesOn(parameters_.reading.hops));
    }
    if (steps.is_exhausted()) {
      one.search.cuts.push_back(
          absl::StrCat("not searched to the end: more than ", parameters_.steps, " steps"));
    }
    return absl::OkStatus();
  }

  static std::string GoesOn(std::uint64_t hops) {
    return absl::StrCat("it may go on: it is followed for ", hops,
                        " hops at most, and no further than was read");
  }

  absl::Status FindPeels(const FlowReading& reading, OfKind* one) {
    one->is_timed = false;
    std::vector<TxNum> starts;
    for (const std::uint32_t number : reading.near.PaidBy(kSubjectNode)) {
      const TxNum tx = reading.near.flow(number).at.tx;
      if (starts.empty() || starts.back() != tx) starts.push_back(tx);
    }
    // The subject may be a service, and peel all the same.
    const auto is_service = [this](AddressNum address) {
      const AddressNum node = search_.source.NodeOf(address);
      return node != subject_ && search_.is_service(node);
    };
    const OutputPeelSearch search{*search_.facts, search_.source, subject_, is_service};
    COINWAKE_ASSIGN_OR_RETURN(OutputPeels peels,
                              FindOutputPeels(search, starts, parameters_.peel_chain,
                                              parameters_.reading.rows, search_.cancellation));
    for (OutputPeel& peel : peels.chains) {
      Typology& typology = one->found.emplace_back();
      typology.kind = TypologyKind::kPeelChain;
      typology.transactions = std::move(peel.transactions);
      typology.amount = peel.amount;
      typology.counterparties = peel.counterparties;
      if (peel.is_cut) typology.cuts.push_back(GoesOn(kMostPeelHops));
    }
    if (peels.is_cut) {
      one->search.cuts.push_back(
          absl::StrCat("not searched to the end: more than ", parameters_.reading.rows, " rows"));
    }
    return absl::OkStatus();
  }

  // Asks shuffled graphs for what was found in the true one. Each of the two graphs has its own
  // series, and each kind its own steps, so that figures do not depend on what else was asked.
  absl::Status Shuffle(const FlowGraph& graph, bool is_wide, std::uint64_t seed) {
    struct Asked {
      OfKind* kind = nullptr;
      StepBudget steps;
    };
    std::vector<Asked> asked;
    for (OfKind& one : kinds_) {
      if (!one.found.empty() && one.is_timed && IsWide(one.search.kind) == is_wide) {
        asked.push_back({&one, StepBudget(parameters_.shuffled_steps)});
      }
    }
    const std::uint64_t flows = std::max<std::uint64_t>(1, graph.flows().size());
    const std::uint64_t shuffles =
        std::clamp<std::uint64_t>(kMostShuffledFlows / flows, 1, parameters_.shuffles);
    for (std::uint64_t i = 0; i < shuffles && !asked.empty(); ++i) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(search_.cancellation));
      const FlowGraph shuffled = graph.Shuffled(&seed);
      for (Asked& one : asked) {
        StepBudget steps(parameters_.steps);
        const std::size_t count =
            Detect(one.kind->search.kind, shuffled, parameters_, steps).size();
        one.kind->found_shuffled += count;
        if (count >= one.kind->found.size()) ++one.kind->as_often_shuffled;
        ++one.kind->shuffles;
        // Whoever has taken all of them is not asked again.
        one.steps.Take(parameters_.steps - steps.left());
      }
      std::erase_if(asked, [](const Asked& one) { return one.steps.is_exhausted(); });
    }
    return absl::OkStatus();
  }

  const TypologySearch& search_;
  const AddressNum subject_;
  const TypologyParameters& parameters_;
  std::vector<OfKind> kinds_;
};

// Hundredths as a decimal.
std::string Hundredths(Uint128 hundredths) {
  const auto whole = static_cast<std::uint64_t>(hundredths / 100);
  const auto rest = static_cast<std::uint64_t>(hundredths % 100);
  return absl::StrCat(whole, rest < 10 ? ".0" : ".", rest);
}

}  // namespace

std::string_view TypologyName(TypologyKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<TypologyKind> TypologyNamed(std::string_view name) {
  const auto place = std::find(kNames.begin(), kNames.end(), name);
  if (place == kNames.end()) return std::nullopt;
  return static_cast<TypologyKind>(place - kNames.begin());
}

absl::StatusOr<FoundTypologies> FindTypologies(const TypologySearch& search, AddressNum subject,
                                               ByteSpan name,
                                               const std::vector<TypologyKind>& kinds,
                                               const TypologyParameters& parameters) {
  return Searching(search, subject, parameters).Find(name, kinds);
}

std::string MeanText(std::uint64_t found, std::uint64_t count) {
  return Hundredths((Uint128{found} * 200 + count) / (Uint128{count} * 2));
}

std::string ScoreText(const Typology& typology) {
  if (typology.shuffles == 0) return "";
  return Hundredths(Uint128{typology.observed} * typology.shuffles * 100 /
                    std::max<std::uint64_t>(1, typology.found_shuffled));
}

}  // namespace coinwake
