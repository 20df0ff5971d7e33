// Writes a Tron chain of any length with the shapes of the real one and known owners.
//
// What it models: people who pay each other, merchants and sellers in USDT and TRX; two exchanges
// with a deposit address for each customer, sweeps into a hot wallet, and a gas wallet that pays
// for them in TRX or lends energy; an energy rental; sellers (invented, all of them) who pass what
// they take over fresh addresses and cash out at their deposit addresses, some with a key in
// common; poisoners with addresses that look like a merchant's or an exchange's, who send nothing,
// dust, or a fake token called USDT; a TRC-10 token that is given away; swaps by a router; stakes,
// votes, rewards; failed calls; a seller whose USDT is frozen and then destroyed; mints and
// redemptions. Of transactions about 38 % call USDT, 6 % other contracts, 30 % move TRX, 16 % lend
// energy or take it back, 8 % move a TRC-10 token. A transfer takes about 470 bytes of files.
//
// It is a network of its own: block 0 is none that is known. The same options give the same bytes
// on every machine. Memory: about 150 bytes an account. What is shorter than in truth: the wait for
// what is unfrozen.
#ifndef COINWAKE_TESTS_SUPPORT_TRON_GENERATOR_H_
#define COINWAKE_TESTS_SUPPORT_TRON_GENERATOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "tests/support/tron_block_files.h"
#include "tests/support/tron_truth.h"

namespace coinwake::synthetic {

struct TronGeneratorOptions {
  // What moves TRX or a token, by whichever way; fees, stakes, rewards and opening balances are not
  // counted. A few more may be made, to end the block. REQUIRES: at least 1.
  std::uint64_t transfers = 1'000'000;
  std::uint64_t seed = 1;
  std::string folder;  // gets *.blocks and *.receipts
  // Where the truth goes; empty writes none. owners.csv: address, owner (a number), the owner's
  // kind, the address's role, the owner it takes deposits for; in order of first use. balances.csv:
  // address, asset, amount, frozen (staked TRX), at the end; rows of nothing left out.
  std::string truth_folder;
  // transfers.csv as well: block, txid, kind, asset, from, to, amount; nobody is empty. Every move,
  // fees among them, in the order they happened.
  bool writes_transfers = false;
  // USDT at the address of main net's, which no such chain could have.
  bool tether_address = false;
  TronFileOptions files;
};

struct TronReport {
  std::uint64_t height = 0;
  Hash256 genesis;
  Hash256 tip;
  std::uint64_t blocks = 0;
  std::uint64_t transactions = 0;  // with genesis's
  std::uint64_t transfers = 0;
  std::uint64_t accounts = 0;      // invented ones; those that never appear are few
  std::uint64_t bytes = 0;         // of all block and receipt files
  std::vector<TruthAsset> assets;  // with what was minted and burnt; TRX first
  std::string usdt;                // the asset's name
};

// kUnavailable when the disk refuses. `files` is borrowed.
absl::StatusOr<TronReport> GenerateTronChain(FileSystem& files,
                                             const TronGeneratorOptions& options);

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_TRON_GENERATOR_H_
