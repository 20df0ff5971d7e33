// Everything an index answers, as the lines that --json prints, for comparing indexes and oracles.
#ifndef COINWAKE_TESTS_ACCEPTANCE_ANSWERS_H_
#define COINWAKE_TESTS_ACCEPTANCE_ANSWERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "indexer/base/network.h"
#include "indexer/ingest/ingest.h"
#include "indexer/view/view.h"

namespace coinwake::acceptance {

// A folder of this test alone, empty; removed by the next run.
std::string FreshFolder(const std::string& name);

// Indexes with the given options; a failure is a test failure and gives an empty report.
IngestReport Index(const IngestOptions& options);
IngestReport Index(const std::string& blocks_folder, const std::string& data_folder,
                   std::optional<std::uint64_t> until_height = std::nullopt);

// The same for Tron, with the defaults.
void IndexAccounts(const std::string& blocks_folder, const std::string& data_folder);

// No problems found by VerifyIndex; prints them otherwise.
void ExpectSound(const std::string& data_folder, Network network);

// One network of a data folder, opened for reading. Answers end the program when they fail, because
// a test that asks for what is not there is wrong itself.
class Answers {
 public:
  Answers(const std::string& data_folder, Network network);
  Answers(Answers&&) noexcept;
  ~Answers();

  const View& view() const;
  std::string Status() const;
  std::string Block(const std::string& height_or_hash) const;
  std::string Transaction(const std::string& txid) const;
  std::string Address(const std::string& name) const;
  std::vector<std::string> Unspent(const std::string& name) const;
  std::vector<std::string> History(const std::string& name) const;
  // Names of all scripts that a request may name (longer ones than server::kMaxNameBytes can never
  // be spent), by address number.
  std::vector<std::string> Names() const;
  // Status, every block, every stale block, and each address with its unspent outputs and history.
  std::vector<std::string> All() const;

 private:
  struct Opened;
  std::unique_ptr<Opened> opened_;
};

// Fails with the first few lines that differ.
void ExpectSame(const std::vector<std::string>& expected, const std::vector<std::string>& actual);

}  // namespace coinwake::acceptance

#endif  // COINWAKE_TESTS_ACCEPTANCE_ANSWERS_H_
