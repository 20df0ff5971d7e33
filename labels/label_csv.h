// Labels as CSV with a header, and back: what `labels export` writes.
//
// Columns, in any order, by name: address (needed); label, entity, name or sdn_name; category,
// class, actor, source, creator, abuse, confidence (GraphSense's word, or 0 to 100),
// cluster_definer or is_cluster_definer, valid_from, valid_to, network, list. With sdn_uid the rows
// are OFAC's: sdn_name goes with it. Other columns are passed over. A row may have fewer
// fields than the header, not more.
#ifndef COINWAKE_LABELS_LABEL_CSV_H_
#define COINWAKE_LABELS_LABEL_CSV_H_

#include <string>
#include <string_view>

#include "indexer/base/status.h"
#include "labels/label_collector.h"

namespace coinwake {

// kNotFound: a header without address or without any name for it. kInvalidArgument: malformed.
absl::Status ReadLabelCsv(std::string_view text, LabelCollector* collector);

// The header line, and the line of a label, with line ends.
std::string LabelCsvHeader();
std::string LabelCsvLine(const Label& label, std::string_view list);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_LABEL_CSV_H_
