// Bare lists of addresses, as extracts of OFAC's list are published: a line each, or JSON.
//
// 0xB10C/ofac-sanctioned-digital-currency-addresses: sanctioned_addresses_XBT.txt and .json (an
// array of texts). Copexit/am-i-exposed: an object with `addresses`.
#ifndef COINWAKE_LABELS_ADDRESS_LIST_H_
#define COINWAKE_LABELS_ADDRESS_LIST_H_

#include <string_view>

#include "indexer/base/status.h"
#include "labels/label_collector.h"

namespace coinwake {

// A line each; empty ones and those that begin with '#' are skipped. kResourceExhausted.
absl::Status ReadAddressLines(std::string_view text, LabelCollector* collector);
// kNotFound: neither an array of texts nor an object that has one as `addresses`. kInvalidArgument:
// no JSON.
absl::Status ReadAddressJson(std::string_view text, LabelCollector* collector);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_ADDRESS_LIST_H_
