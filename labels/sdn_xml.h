// OFAC's Specially Designated Nationals as sdn.xml and as sdn_advanced.xml.
//
// Of an entry the name, uid and digital currency addresses are read: no personal details, and no
// programmes, which not all forms have, so that all say the same of an address. Streaming (expat):
// memory does not grow with what is passed over. A document type declaration is refused, so that
// there are no entities but XML's own five.
#ifndef COINWAKE_LABELS_SDN_XML_H_
#define COINWAKE_LABELS_SDN_XML_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "indexer/base/status.h"
#include "labels/label_collector.h"

namespace coinwake {

// kNotFound: neither of the two. kInvalidArgument: no XML.
absl::Status ReadSdnXml(std::string_view text, LabelCollector* collector);

// What the label of an SDN entry says, whichever file it was read from. `name` may be empty.
Label SdnLabel(std::string_view uid, std::string_view name);
// What the lists of SDN files are called.
inline constexpr std::string_view kSdnList = "OFAC SDN";
inline constexpr std::string_view kSdnCommentsList = "OFAC SDN comments";
// What every kind of file writes before a ticker: "Digital Currency Address - XBT".
inline constexpr std::string_view kDigitalCurrencyAddress = "Digital Currency Address";

}  // namespace coinwake

#endif  // COINWAKE_LABELS_SDN_XML_H_
