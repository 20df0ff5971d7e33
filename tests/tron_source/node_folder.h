// Folders of LevelDB as java-tron has them, made by tests.
#ifndef COINWAKE_TESTS_TRON_SOURCE_NODE_FOLDER_H_
#define COINWAKE_TESTS_TRON_SOURCE_NODE_FOLDER_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "indexer/base/hash.h"
#include "tests/tron_source/test_blocks.h"

namespace coinwake::tron {

using Rows = std::map<std::string, std::string>;  // an empty value removes

// Keys as java-tron has them.
std::string Key(std::uint64_t number);
std::string Key(const Hash256& hash);

// What a node stores of some blocks, by database.
struct NodeRows {
  Rows blocks, index, rets, infos, properties;

  void Add(const TestBlock& block);
  std::map<std::string, Rows> ByName() const;
};

// All blocks, of which those up to `solid` are final.
NodeRows RowsOf(const std::vector<TestBlock>& chain, std::uint64_t solid);

// Adds to the database in `folder`; with `compact` all is in tables then, else in the log. A
// failure ends the program.
void WriteLevelDb(const std::filesystem::path& folder, const Rows& rows, bool compact = true);
// The databases of a node, each below `folder`.
void WriteNodeFolder(const std::filesystem::path& folder, const NodeRows& rows,
                     bool compact = true);

}  // namespace coinwake::tron

#endif  // COINWAKE_TESTS_TRON_SOURCE_NODE_FOLDER_H_
