#include "indexer/commit/index_schema.h"

#include "indexer/base/bytes.h"
#include "indexer/base/check.h"
#include "indexer/segment/schema.h"
#include "indexer/segment/tron_schema.h"

namespace coinwake {
namespace {

constexpr RunTableSpec kBitcoinRuns[] = {
    {RunTable::kTransactions, bitcoin_total::kTransactions},
    {RunTable::kAddresses, bitcoin_total::kAddresses},
    {RunTable::kAddressOutputs, bitcoin_total::kOutputs},
    {RunTable::kAddressForeign, bitcoin_total::kForeign},
    {RunTable::kKeys, bitcoin_total::kKeys},
};
constexpr RunTableSpec kTronRuns[] = {
    {RunTable::kTransactions, tron_total::kTransactions},
    {RunTable::kAddresses, tron_total::kAddresses},
    {RunTable::kAccountEvents, tron_total::kEvents},
    {RunTable::kAssets, tron_total::kAssets},
};
static_assert(std::size(kBitcoinRuns) <= kMaxRunTables && std::size(kTronRuns) <= kMaxRunTables);

constexpr IndexSchema kBitcoinSchema = {
    .chain = Chain::kBitcoin,
    .columns = kColumns,
    .runs = kBitcoinRuns,
    .totals_count = sizeof(BlockTotals) / sizeof(std::uint64_t),
    .block_hash_column = static_cast<std::size_t>(ColumnId::kBlockHash),
    .block_totals_column = static_cast<std::size_t>(ColumnId::kBlockTotals),
    .tx_id_column = static_cast<std::size_t>(ColumnId::kTxId),
    .address_end_column = static_cast<std::size_t>(ColumnId::kAddressScriptEnd),
    .address_bytes_column = static_cast<std::size_t>(ColumnId::kScriptBytes),
};
constexpr IndexSchema kTronSchema = {
    .chain = Chain::kTron,
    .columns = kTronColumns,
    .runs = kTronRuns,
    .totals_count = kTronTotalsCount,
    .block_hash_column = static_cast<std::size_t>(TronColumn::kBlockId),
    .block_totals_column = static_cast<std::size_t>(TronColumn::kBlockTotals),
    .tx_id_column = static_cast<std::size_t>(TronColumn::kTxId),
    .address_end_column = static_cast<std::size_t>(TronColumn::kAddressEnd),
    .address_bytes_column = static_cast<std::size_t>(TronColumn::kAddressBytes),
};

}  // namespace

const IndexSchema& SchemaOf(Chain chain) {
  return chain == Chain::kBitcoin ? kBitcoinSchema : kTronSchema;
}

Totals TotalsFromRow(const IndexSchema& schema, ByteSpan row) {
  COINWAKE_CHECK(row.size() == schema.totals_count * sizeof(std::uint64_t));
  Totals totals{};
  for (std::size_t i = 0; i < schema.totals_count; ++i) {
    totals[i] = LoadLe<std::uint64_t>(row.data() + i * sizeof(std::uint64_t));
  }
  return totals;
}

}  // namespace coinwake
