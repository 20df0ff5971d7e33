// Other scripts that the same public key controls.
#ifndef COINWAKE_SERVER_SAME_KEY_H_
#define COINWAKE_SERVER_SAME_KEY_H_

#include <optional>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake::server {

// Scripts the view has seen, other than `script`, that the key behind `script` controls: its P2PK
// (either form), P2PKH (either form), P2WPKH and P2SH-P2WPKH, and those of hybrid form that
// revealed it. Ascending. `address` is the number of `script`, if it has one. The key is the one in
// the script, or one revealed by a spend or by another script with the same key hash; where none is
// known, the scripts that follow from the hash alone. Empty for scripts of no single key, and for
// P2SH until a spend shows that it wraps one: no hash of a hash is looked up backwards.
absl::StatusOr<std::vector<AddressNum>> SeenScriptsOfSameKey(const View& view, ByteSpan script,
                                                             std::optional<AddressNum> address);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SAME_KEY_H_
