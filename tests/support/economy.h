// Writes a regtest chain of an invented economy in which every owner is known: what clusters,
// change rules and CoinJoin detectors are measured on (ALGORITHMS.md 11.2).
//
// What it models: wallets with the fingerprints of known software; people, merchants, mining pools,
// exchanges with deposit addresses, sweeps and batched withdrawals; CoinJoins and a mixer by
// template; sellers who peel, fan out and gather; PayJoin, marketplace sales, crowdfunds, custody
// shared by clients, dust, and joint payments of strangers. How often each occurs, and with which
// habits, is an EconomyConfig.
//
// The same options give the same bytes on every machine; blocks are as those of chain_generator.h.
// Memory: about 60 bytes for each unspent output and 12 for each script.
#ifndef COINWAKE_TESTS_SUPPORT_ECONOMY_H_
#define COINWAKE_TESTS_SUPPORT_ECONOMY_H_

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "tests/support/chain_generator.h"
#include "tests/support/economy_config.h"

namespace coinwake::synthetic {

// Options are those of GenerateChain. The truth: owners.csv (script in hex, owner, kind of owner,
// wallet), one row for each script that was paid, in order of first use, the owner being the last
// to hold its keys; kinds.csv (txid, kind, change, owners), a row a transaction besides coinbases:
// `change` are the indices of outputs that went back to who paid, `owners` those of its inputs,
// both separated by ';'. kUnavailable when the disk refuses. `files` is borrowed.
absl::StatusOr<ChainReport> GenerateEconomy(FileSystem& files, const ChainOptions& options,
                                            const EconomyConfig& config);

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_ECONOMY_H_
