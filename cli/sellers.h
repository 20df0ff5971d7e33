// Which sellers a command is about, each with its addresses.
#ifndef COINWAKE_CLI_SELLERS_H_
#define COINWAKE_CLI_SELLERS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "cli/session.h"
#include "indexer/base/status.h"
#include "server/index_set.h"

namespace coinwake::cli {

struct Sellers {
  std::unique_ptr<server::OpenNetwork> open;
  // Labels (empty: none) and addresses: what the command line names as it does, else those of the
  // file in its order. Entries of one label are one; without a label each is one for itself.
  std::vector<std::pair<std::string, std::vector<std::string>>> subjects;
};

// A word of the command line that is the label of an entry of the file means that seller, else it
// is an address; without words all of the file is meant. Entries that cannot be on the network, and
// outputs, are passed over, with a warning. kInvalidArgument: nothing is named, or the asset is
// wrong; `name` is the command's. kDataLoss: the file is bad. kNotFound: none of it is on the
// network. Else as OpenForSeeds().
absl::StatusOr<Sellers> OpenSellers(const Session& session, const SellersOptions& options,
                                    const std::string& name);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_SELLERS_H_
