// Where payments are read from: an index of Bitcoin or Tron, or a test's own.
#ifndef COINWAKE_TYPOLOGIES_PAYMENT_SOURCE_H_
#define COINWAKE_TYPOLOGIES_PAYMENT_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "indexer/base/status.h"
#include "typologies/flow.h"

namespace coinwake {

// Not thread-safe.
class PaymentSource {
 public:
  virtual ~PaymentSource() = default;

  // The node that the address belongs to. REQUIRES: the address exists.
  virtual AddressNum NodeOf(AddressNum address) const = 0;

  // Numbers (Moment::number) of what `node` may take part in, ascending, each once, at most
  // `limit`: the first ones. Of a cluster with far more of them those of its first members.
  // kDataLoss. Cost: a look-up for each member, some times `limit` of them at most, and about ten
  // times `limit` rows.
  struct Numbers {
    std::vector<std::uint64_t> numbers;
    bool is_all = false;
  };
  virtual absl::StatusOr<Numbers> NumbersOf(AddressNum node, std::size_t limit) = 0;

  // What was paid there; without payers and payees where that is nothing. `rows` grows by what was
  // read: inputs and outputs, or events. kDataLoss.
  virtual absl::StatusOr<NodePayment> Read(std::uint64_t number, std::uint64_t* rows) = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_PAYMENT_SOURCE_H_
