// What a subject - one seller's addresses - was paid, and by whom.
//
// DESCRIPTION. A payment (typologies/flow.h) to an address of the subject is a receipt, unless an
// entity that the subject belongs to is among its payers: change, and moves among the subject's own
// addresses, are no receipts. Entities are strict clusters on a chain with outputs, accounts on one
// with accounts. Of a transaction that several parties may have made nobody knows who paid: it is a
// receipt without payers, or none where the subject took part in it. So is one that new or unknown
// coins paid. An exchange that pays for its customers is one payer; so distinct payers are at least
// so many entities, and no count of people.
#ifndef COINWAKE_TIMELINE_RECEIPTS_H_
#define COINWAKE_TIMELINE_RECEIPTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "typologies/payment_source.h"

namespace coinwake {

// Two looks at the same payments: with addresses as nodes, and with those who pay. They may be the
// same source. Both are borrowed.
struct PaymentSources {
  PaymentSource& addresses;
  PaymentSource& entities;
};

struct Receipt {
  Moment at;
  Uint128 amount = 0;              // base units, above 0: all that came to the subject's addresses
  std::vector<AddressNum> payers;  // entities, ascending; none: nobody knows
};

struct ReceiptLimits {
  // Payments of all addresses together: a seller has some thousands, a service millions.
  std::size_t payments = 200'000;
  // Inputs and outputs, or events.
  std::uint64_t rows = 20'000'000;
};

struct Receipts {
  std::vector<Receipt> all;  // in chain order
  std::uint64_t rows = 0;    // that were read
  // Only the first payments of its life were read, each up to the last one here. What came after is
  // not known then.
  bool is_cut = false;
};

// `subject`: addresses, ascending, each once. kDataLoss; kCancelled when `cancellation`, which may
// be null, says so. Cost: the rows, twice where the sources are two.
absl::StatusOr<Receipts> ReadReceipts(const PaymentSources& sources,
                                      const std::vector<AddressNum>& subject,
                                      const ReceiptLimits& limits,
                                      const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TIMELINE_RECEIPTS_H_
