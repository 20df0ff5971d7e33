// OFAC's sdn.csv and the overflow of its remarks, sdn_comments.csv. Neither has a header.
//
// sdn.csv has twelve columns: uid, name, type, programme, seven that say nothing of addresses, and
// remarks with "Digital Currency Address - XBT 12Qt...; alt. Digital Currency Address - ETH
// 0x...;". sdn_comments.csv has uid and the remarks that did not fit, cut anywhere: behind sdn.csv
// it is read as their end, and belongs to the same list; alone it is a list of its own, and what
// may be the end of an address is rejected.
#ifndef COINWAKE_LABELS_SDN_CSV_H_
#define COINWAKE_LABELS_SDN_CSV_H_

#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/status.h"
#include "labels/label_collector.h"

namespace coinwake {

// Whether a first record is one of these files'.
bool IsSdnRecord(const std::vector<std::string>& fields);

// kInvalidArgument: malformed CSV.
absl::Status ReadSdnCsv(std::string_view text, SdnEntries* entries, LabelCollector* collector);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_SDN_CSV_H_
