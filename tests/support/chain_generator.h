// Writes a regtest chain of any length with the shapes of the real one and known owners.
//
// What it models: the mix of script kinds by era; people, merchants, exchanges, mining pools,
// sellers and services with wallets of their own; change; address reuse (deposit addresses for
// good, others now and then, one key under two script kinds at times); consolidations, sweeps of
// deposits, batch payouts, peel chains, CoinJoins, OP_RETURN. On average a transaction has
// about 2.1 inputs and 2.6 outputs and 440 bytes, close to the main network. Blocks connect, pay no
// more than subsidy and fees, spend no coinbase early, and have valid proof of work and merkle
// roots; signatures sign nothing.
//
// The same options give the same bytes on every machine. Memory: about 60 bytes for each unspent
// output and 12 for each script.
#ifndef COINWAKE_TESTS_SUPPORT_CHAIN_GENERATOR_H_
#define COINWAKE_TESTS_SUPPORT_CHAIN_GENERATOR_H_

#include <cstdint>
#include <string>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "tests/support/block_builder.h"

namespace coinwake::synthetic {

struct ChainOptions {
  std::uint64_t transactions = 1'000'000;  // besides the coinbases
  std::uint64_t seed = 1;
  std::string folder;  // gets blk*.dat
  // Where the truth goes; empty writes none. owners.csv: script (hex), owner, kind of owner, one
  // row for each script in order of first use. kinds.csv: txid, what the transaction was made as.
  std::string truth_folder;
  BlockFolderOptions files;
};

struct ChainReport {
  std::uint64_t height = 0;
  Hash256 tip;
  std::uint64_t blocks = 0;
  std::uint64_t transactions = 0;  // with the coinbases
  std::uint64_t inputs = 0;        // without the coinbases'
  std::uint64_t outputs = 0;
  std::uint64_t scripts = 0;          // distinct, OP_RETURN not counted
  std::uint64_t bytes = 0;            // of block files
  std::uint64_t unspent_outputs = 0;  // as Core's gettxoutsetinfo counts
  std::uint64_t unspent_value = 0;    // satoshi
};

// kUnavailable when the disk refuses. `files` is borrowed.
absl::StatusOr<ChainReport> GenerateChain(FileSystem& files, const ChainOptions& options);

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_CHAIN_GENERATOR_H_
