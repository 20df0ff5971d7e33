// Work that is told to stop whenever it looks.
#ifndef COINWAKE_TESTS_SUPPORT_ALWAYS_CANCELLED_H_
#define COINWAKE_TESTS_SUPPORT_ALWAYS_CANCELLED_H_

#include "indexer/base/cancellation.h"

namespace coinwake {

class AlwaysCancelled : public Cancellation {
 public:
  bool Cancelled() const override { return true; }
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_ALWAYS_CANCELLED_H_
