// A seller on a chain of accounts, as a report asks about it. Only server/seller_trace.cc includes
// this and server/output_seller.h.
#ifndef COINWAKE_SERVER_ACCOUNT_SELLER_H_
#define COINWAKE_SERVER_ACCOUNT_SELLER_H_

#include <memory>

#include "server/seller_trace.h"

namespace coinwake::server {

// As PrepareSeller(). REQUIRES: open.has_accounts().
absl::StatusOr<std::unique_ptr<SellerTrace>> PrepareAccountSeller(OpenNetwork& open,
                                                                  const v1::TraceRequest& request,
                                                                  const ReportLimits& limits,
                                                                  const Cancellation* cancellation);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_ACCOUNT_SELLER_H_
