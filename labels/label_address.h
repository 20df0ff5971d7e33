// Which address a list means. The text decides: a checksum tells the chain, a ticker does not (one
// of the entries OFAC lists under XBT is a Tron address).
#ifndef COINWAKE_LABELS_LABEL_ADDRESS_H_
#define COINWAKE_LABELS_LABEL_ADDRESS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/network.h"
#include "indexer/base/status.h"

namespace coinwake {

struct LabelAddress {
  Network network = Network::kBitcoin;
  std::string bytes;  // as Label::address
};

// Every network on which `text` is a valid address, in the order of kAllNetworks. The Tron networks
// share one form, the Bitcoin test networks most of theirs.
std::vector<Network> NetworksOfLabel(std::string_view text);

// The address that `text` is. Where several networks share the text: `asked` if it is one of them,
// else `tron`; test networks of Bitcoin then take `asked`. kInvalidArgument says in one line, with
// the text, why it is none: its checksum, a chain that is not indexed, test networks.
absl::StatusOr<LabelAddress> ParseLabelAddress(std::string_view text, std::optional<Network> asked);

// `text` in quotation marks, cut to a length that fits a message and printable.
std::string QuotedText(std::string_view text);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_LABEL_ADDRESS_H_
