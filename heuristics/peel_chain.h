// Peel chains: payments in a row by one wallet, each from the change of the one before.
//
// DESCRIPTION. Kappos et al. 2022 (ALGORITHMS.md 2.6). From t a hop leads over an output o to the
// transaction t' that spends it, where all of this holds:
//   - one party each made t and t' (IsOfOneParty), with equal fingerprints
//     (heuristics/fingerprint.h);
//   - o is of a script type that t spends, and t is the first to pay its address, or its address is
//     one of t's inputs';
//   - of no other output the same may hold. One that is not spent yet, or that several parties
//     spend, may be the change as well, unless its type or an earlier payment to its address speaks
//     against it. This asks for more than ALGORITHMS.md 2.6, which looks at spent outputs only.
// What t itself gives away for certain (FindCertainChange) rules the other outputs out, and a model
// of change can gainsay a hop; neither makes one without the fingerprint. The way back is the same
// hops from their other end.
//
// Whoever knows services (PeelLimits::service_of) has chains stop at them: at a transaction that a
// service made, backward also where it paid for what is spent. What is paid to a service is not the
// change of somebody else; where nothing else can be, the chain has ended there.
//
// A chain forward cannot meet a transaction twice, since spenders come after what they spend; a
// chain back cannot either. docs/design/change.md has what such hops are worth.
#ifndef COINWAKE_HEURISTICS_PEEL_CHAIN_H_
#define COINWAKE_HEURISTICS_PEEL_CHAIN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heuristics/change_model.h"
#include "heuristics/transaction_facts.h"
#include "indexer/base/cancellation.h"

namespace coinwake {

inline constexpr std::uint32_t kPeelRulesVersion = 3;  // 2: services; 3: keys

enum class PeelDirection : std::uint8_t { kForward, kBackward };
std::string_view PeelDirectionName(PeelDirection direction);  // forward, backward

// Why a chain ends where it does.
enum class PeelStop : std::uint8_t {
  kNoCandidate,   // no output may be the change; backward: no coin spent is the change of a hop
  kAmbiguous,     // several outputs may be; backward: several transactions may come before
  kMultiParty,    // of several parties, or a mixer's: this transaction, or the only one to go on to
  kUnspent,       // the only output that may be the change is not spent within the snapshot
  kCoinbase,      // new coins
  kBeforeWindow,  // backward: coins from before the indexed blocks
  kMaxHops,
  kRowLimit,  // more inputs and outputs would have to be read than PeelLimits allows
  kService,   // a service made it, or took all that may be the change; backward: or it paid for it
};
// no_candidate, ambiguous, multi_party, unspent, coinbase, before_window, max_hops, row_limit,
// service.
std::string_view PeelStopName(PeelStop stop);

// Why an output is not the change.
enum class PeelMark : std::uint8_t {
  kNamesNobody,       // its script, or its key is everybody's
  kOtherIsCertain,    // another output is the change for certain
  kOtherType,         // none of the inputs has its script type
  kOtherFingerprint,  // another wallet spends it
  kPaidBefore,        // its address was, and it is not the payer's
  kPaysService,       // its address is a service's, which did not make the transaction
};
// names_nobody, other_is_certain, other_type, other_fingerprint, paid_before, pays_service.
std::string_view PeelMarkName(PeelMark mark);

struct PeeledOutput {
  std::uint32_t vout = 0;
  PeelMark mark = PeelMark::kNamesNobody;
};

struct PeelHop {
  TxNum tx;
  TxNum next;  // spends the change
  std::uint32_t change_vout = 0;
  std::vector<PeeledOutput> peeled;   // the other outputs but OP_RETURNs, by vout
  std::vector<std::string> evidence;  // for the change, a line each
};

struct PeelEnd {
  TxNum tx;  // the last that was reached
  PeelStop stop = PeelStop::kNoCandidate;
  std::string reason;  // the stop in words, with the outputs or transactions it is about
  std::string entity;  // of kService: who it is
  std::uint64_t hops = 0;
};

struct PeelLimits {
  std::optional<std::uint64_t> max_hops = {};
  std::uint64_t max_rows = 0;          // inputs and outputs read; 0: no limit
  std::uint64_t* rows_read = nullptr;  // if not null, grows by them, however the chain ends
  // The service whose address it is; nullopt: nobody's that is known. Empty: none is known. Is
  // asked for each input and output met.
  std::function<std::optional<std::string>(AddressNum)> service_of = {};
};

// Emits the hops from `start` on, those backward last hop first, and tells how the chain ends. The
// same every time. `model` (may be null) as for JudgeChange. `cancellation` may be null:
// kCancelled. kDataLoss. Else what `emit` returned where that was an error. REQUIRES: start <
// transactions_count(). Cost: the transactions of the chain and whatever spends their outputs;
// backward also whatever funds them and spends outputs of that.
absl::StatusOr<PeelEnd> FollowPeelChain(const FactsReader& reader, const ChangeModel* model,
                                        TxNum start, PeelDirection direction,
                                        const PeelLimits& limits, const Cancellation* cancellation,
                                        const std::function<absl::Status(const PeelHop&)>& emit);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_PEEL_CHAIN_H_
