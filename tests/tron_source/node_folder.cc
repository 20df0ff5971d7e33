#include "tests/tron_source/node_folder.h"

#include <leveldb/db.h>
#include <leveldb/options.h>

#include <memory>

#include "indexer/base/bytes.h"
#include "indexer/base/check.h"

namespace coinwake::tron {

std::string Key(std::uint64_t number) {
  std::string key(8, '\0');
  StoreBe(key.data(), number);
  return key;
}

std::string Key(const Hash256& hash) { return {hash.bytes.begin(), hash.bytes.end()}; }

void NodeRows::Add(const TestBlock& block) {
  blocks[Key(block.id)] = block.block;
  index[Key(block.number)] = Key(block.id);
  if (!block.ret.empty()) rets[Key(block.number)] = block.ret;
}

std::map<std::string, Rows> NodeRows::ByName() const {
  return {{"block", blocks},
          {"block-index", index},
          {"transactionRetStore", rets},
          {"transactionHistoryStore", infos},
          {"properties", properties}};
}

NodeRows RowsOf(const std::vector<TestBlock>& chain, std::uint64_t solid) {
  NodeRows rows;
  for (const TestBlock& block : chain) rows.Add(block);
  rows.properties["LATEST_SOLIDIFIED_BLOCK_NUM"] = Key(solid);
  rows.properties["latest_block_header_number"] = Key(chain.back().number);
  return rows;
}

void WriteLevelDb(const std::filesystem::path& folder, const Rows& rows, bool compact) {
  std::filesystem::create_directories(folder);
  leveldb::Options options;
  options.create_if_missing = true;
  leveldb::DB* opened = nullptr;
  COINWAKE_CHECK(leveldb::DB::Open(options, folder.string(), &opened).ok());
  const std::unique_ptr<leveldb::DB> db(opened);
  for (const auto& [key, value] : rows) {
    COINWAKE_CHECK((value.empty() ? db->Delete({}, key) : db->Put({}, key, value)).ok());
  }
  if (compact) db->CompactRange(nullptr, nullptr);
}

void WriteNodeFolder(const std::filesystem::path& folder, const NodeRows& rows, bool compact) {
  for (const auto& [name, table] : rows.ByName()) WriteLevelDb(folder / name, table, compact);
}

}  // namespace coinwake::tron
