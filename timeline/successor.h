// Who begins to be paid by a subject's payers after the subject itself goes quiet.
//
// DESCRIPTION. From a moment on, by default after the subject's last receipt, the payers of the
// subject are followed: each entity that paid it before (timeline/receipts.h), the latest first. A
// node that at least `least_shared` of them pay after, and that nobody had ever paid before, is a
// candidate. Left out, and counted: payers and nodes that are a service's, and those that too many
// use (hubs), since the customers of one shop are customers of others; nodes of the subject's own
// entities, which are no successors but the same hand; and mixes, in which nobody knows who paid
// whom.
//
// Chance. Among `population` entities that are seen to pay somebody after, `marked` had paid the
// subject; `drawn` of the population pay the candidate, and `shared` are both. If who pays the
// candidate had nothing to do with who had paid the subject, so many or more would be shared with
// ProbabilityOfSharing() (timeline/probability.h). `corrected` is that times the number of nodes
// examined: all that these payers paid after and that are not left out, old ones as well. The
// population is what a bounded pass sees, and no more than there is: a smaller one makes the chance
// larger.
//
// Control. Nodes that share as many payers but had been paid before are no successors: what they
// share is the taste of the same people. `old_as_unlikely` of these have a chance no greater than
// the candidate's. Where there are some, the candidate says no more than they do.
//
// What that says. Entities are drawn as if each were as likely to pay anybody: people who buy much,
// or live where a new shop opens, share more than that without any succession. A candidate is a
// lead to look into, never a link.
#ifndef COINWAKE_TIMELINE_SUCCESSOR_H_
#define COINWAKE_TIMELINE_SUCCESSOR_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "timeline/probability.h"
#include "timeline/receipts.h"

namespace coinwake {

// Counted up with every change of what is found.
inline constexpr std::uint32_t kSuccessorRulesVersion = 1;

struct SuccessorLimits {
  std::size_t payers = 10'000;              // of the subject, the latest
  std::size_t payer_payments = 1'000;       // who has more is a hub
  std::size_t candidate_payments = 10'000;  // the same
  std::size_t candidates = 1'000;           // those that share the most
  // Inputs and outputs, or events: of payers and candidates, and of the pass over everybody.
  std::uint64_t rows = 5'000'000;
  std::uint64_t population_rows = 5'000'000;
};

struct SuccessorSearch {
  PaymentSources sources;
  // What candidates are: nodes of sources.addresses, or of sources.entities.
  bool by_entity = false;
  std::function<bool(AddressNum)> is_service;  // of nodes of both
  std::vector<AddressNum> subject = {};        // addresses, ascending, each once
  // Payments (Moment::number) of `after` on, below `end`, are after the subject; all below `after`
  // are before.
  std::uint64_t after = 0;
  std::uint64_t end = 0;
  std::uint32_t least_shared = 3;  // at least 1
  SuccessorLimits limits = {};
  const Cancellation* cancellation = nullptr;  // may be null
};

struct SharedPayer {
  AddressNum payer;
  TxNum paid_subject;    // its last payment to the subject before
  TxNum paid_successor;  // its first one to the candidate
};

struct Successor {
  AddressNum node;
  Moment first;        // its first receipt
  Moment last;         // the last one below `end`
  Uint128 amount = 0;  // what it was paid by those shared
  std::uint64_t drawn = 0;
  std::vector<SharedPayer> shared;  // by when they paid it
  Probability chance;
  Probability corrected;
  std::uint64_t old_as_unlikely = 0;
};

struct FoundSuccessors {
  // By corrected chance, then who shares more, then who was paid first.
  std::vector<Successor> successors;
  std::uint64_t payers = 0;        // of the subject before `after`; hubs and services apart
  std::uint64_t marked = 0;        // of them, those that pay somebody after
  std::uint64_t population = 0;    // entities seen to pay somebody after
  std::uint64_t examined = 0;      // nodes that payers paid after, old ones as well
  std::uint64_t old = 0;           // that share enough, but were paid before: the control
  std::uint64_t hubs = 0;          // payers and nodes that too many use
  std::uint64_t services = 0;      // payers and nodes that are a service's
  std::uint64_t own = 0;           // nodes of the subject's own entities
  bool is_population_cut = false;  // the pass over everybody ended before `end`
  bool is_cut = false;             // not all payers or candidates were looked at
};

// `receipts`: the subject's, in chain order. kDataLoss, kCancelled. The same every time. Cost: the
// rows, and for each candidate its chance.
absl::StatusOr<FoundSuccessors> FindSuccessors(const SuccessorSearch& search,
                                               const std::vector<Receipt>& receipts);

}  // namespace coinwake

#endif  // COINWAKE_TIMELINE_SUCCESSOR_H_
