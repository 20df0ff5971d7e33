#include "server/seller_trace.h"

#include "server/account_seller.h"
#include "server/output_seller.h"

namespace coinwake::server {

absl::StatusOr<std::unique_ptr<SellerTrace>> PrepareSeller(OpenNetwork& open,
                                                           const v1::TraceRequest& request,
                                                           const ReportLimits& limits,
                                                           const Cancellation* cancellation) {
  return open.has_accounts() ? PrepareAccountSeller(open, request, limits, cancellation)
                             : PrepareOutputSeller(open, request, limits, cancellation);
}

}  // namespace coinwake::server
