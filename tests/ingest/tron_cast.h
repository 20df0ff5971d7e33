// Small Tron chains in which a few people do everything the builder knows, for tests of the index.
#ifndef COINWAKE_TESTS_INGEST_TRON_CAST_H_
#define COINWAKE_TESTS_INGEST_TRON_CAST_H_

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/ingest/tron_ingest.h"
#include "tests/support/tron_block_files.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake {

// DESCRIPTION. Six people with money, whom `seed` invents, and one who owes all that 63 bits hold;
// blocks of random operations among them and newcomers: transfers, stakes, lent energy, votes,
// rewards, tokens of both sorts and of any width, failed calls, calls within calls, blacklists.
// Deterministic from the seed. Copyable: a copy goes on alike until Reseed().
class TronCast {
 public:
  explicit TronCast(std::uint64_t seed, std::uint64_t first_number = 0);

  void AddBlock(int operations);
  void AddBlocks(int count);  // of 0 to 5 operations each
  void Reseed(std::uint64_t seed) { random_.seed(seed); }

  const synthetic::Address& person(std::size_t i) const { return people_[i]; }
  synthetic::AssetId usdt() const { return usdt_; }
  synthetic::AssetId wide() const { return wide_; }    // a token of 256 bits
  synthetic::AssetId trc10() const { return trc10_; }  // its name is no ASCII
  synthetic::TronChainBuilder& chain() { return chain_; }
  const synthetic::TronChainBuilder& chain() const { return chain_; }
  const std::vector<synthetic::TronBlock>& blocks() const { return chain_.blocks(); }
  const synthetic::TronTruth& truth() const { return chain_.truth(); }

 private:
  void BeginTokens();
  void DoAnything();
  void DoTokens(std::uint64_t choice, const synthetic::Address& from, const synthetic::Address& to);
  void DoStakes(std::uint64_t choice, const synthetic::Address& from, const synthetic::Address& to);
  void DoCall(const synthetic::Address& from, const synthetic::Address& to);
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  std::mt19937_64 random_;
  std::vector<synthetic::Address> people_;
  synthetic::TronChainBuilder chain_;
  synthetic::AssetId usdt_ = 0;
  synthetic::AssetId wide_ = 0;
  synthetic::AssetId trc10_ = 0;
  synthetic::Address contract_;
  std::uint64_t newcomers_ = 0;
  std::uint64_t seed_;
};

// Writes these blocks as the only files of `folder`.
void WriteTronBlocks(FileSystem& files, const std::string& folder,
                     std::span<const synthetic::TronBlock> blocks,
                     const synthetic::TronFileOptions& options = {});

// What tests index with unless they say otherwise: one thread, the least memory.
TronIngestOptions TronTestOptions(const std::string& source, const std::string& data_folder);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_INGEST_TRON_CAST_H_
