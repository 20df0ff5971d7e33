// Whether receipts come from a node that kept no internal transactions.
#ifndef COINWAKE_SERVER_MISSING_INTERNALS_H_
#define COINWAKE_SERVER_MISSING_INTERNALS_H_

#include "indexer/view/account_view.h"

namespace coinwake::server {

// Receipts do not say whether their node kept them. True where contracts ran and none told of a
// call: in all of the index, or in so many runs before the first call or after the last that it is
// no accident. A stretch between two calls is not noticed. O(log blocks).
bool LacksInternals(const AccountView& view);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_MISSING_INTERNALS_H_
