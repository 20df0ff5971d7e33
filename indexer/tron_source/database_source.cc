#include "indexer/tron_source/database_source.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/tron/block.h"
#include "indexer/tron_source/messages.h"
#include "indexer/tron_source/node_database.h"

namespace coinwake::tron {
namespace {

constexpr char kSolidKey[] = "LATEST_SOLIDIFIED_BLOCK_NUM";

std::string_view KeyOf(const Hash256& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

class DatabaseSource final : public BlockSource {
 public:
  DatabaseSource(std::string folder, std::unique_ptr<NodeDatabase> database, SourceReport report)
      : folder_(std::move(folder)), database_(std::move(database)), report_(std::move(report)) {}

  absl::Status FindRange() {
    const auto last = database_->LastNumber();
    if (absl::IsNotFound(last.status())) {
      return absl::InvalidArgumentError(
          absl::StrCat(folder_, ": holds no block; let the node synchronise first"));
    }
    COINWAKE_RETURN_IF_ERROR(last.status());
    range_.last = *last;
    const auto solid = database_->Get(NodeTable::kProperties, kSolidKey);
    if (solid.ok() && solid->size() == sizeof(std::uint64_t)) {
      range_.last = std::min(range_.last, LoadBe<std::uint64_t>(solid->data()));
      range_.solid = range_.last;
    } else if (solid.ok() || absl::IsNotFound(solid.status())) {
      AddWarning(absl::StrCat(folder_,
                              ": does not say which blocks are final; all are taken, none as "
                              "final"),
                 &report_);
    } else {
      return solid.status();
    }
    COINWAKE_ASSIGN_OR_RETURN(range_.first, database_->FirstNumberFrom(0));
    if (range_.first < range_.last) {
      // Block 0 alone, before a gap.
      COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t second,
                                database_->FirstNumberFrom(range_.first + 1));
      if (second > range_.last) {
        range_.last = range_.first;
        if (range_.solid.has_value()) range_.solid = range_.first;
      } else if (second != range_.first + 1) {
        range_.first = second;
      }
    }
    if (range_.first > range_.last) {
      return absl::InvalidArgumentError(
          absl::StrCat(folder_, ": holds no final block; let the node synchronise first"));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<SourceRange> Range() override { return range_; }

  absl::StatusOr<Hash256> BlockId(std::uint64_t number) override {
    if (number > range_.last) return NoBlock(number);
    const auto value = database_->Get(NodeTable::kBlockIndex, NumberKey(number));
    if (absl::IsNotFound(value.status())) {
      return number < range_.first ? NoBlock(number) : Damaged(number, "is not in block-index");
    }
    COINWAKE_RETURN_IF_ERROR(value.status());
    Hash256 id;
    if (!SetHash(*value, "an id", &id).ok() || NumberOfBlockId(id) != number) {
      return Damaged(number, "has no id of its number in block-index");
    }
    return id;
  }

  absl::Status Read(std::uint64_t number, RawBlock* block) override {
    *block = {};
    COINWAKE_ASSIGN_OR_RETURN(const Hash256 id, BlockId(number));
    auto bytes = database_->Get(NodeTable::kBlocks, KeyOf(id));
    if (absl::IsNotFound(bytes.status())) return Damaged(number, "is not in block");
    COINWAKE_RETURN_IF_ERROR(bytes.status());
    block->block = *std::move(bytes);
    BlockHeader header;
    if (!ReadHeaderOf(SpanOf(block->block), &header).ok() || header.id != id) {
      return Damaged(number, "has another id than block-index says");
    }
    const absl::StatusOr<std::vector<Hash256>> txids = TxidsOf(SpanOf(block->block));
    // What is wrong with its transactions is for the decoder to say.
    if (!txids.ok() || txids->empty() || number == 0) return absl::OkStatus();
    return AddReceipts(number, *txids, block);
  }

  absl::StatusOr<bool> HasReceipts(std::uint64_t number) override {
    RawBlock block;
    COINWAKE_RETURN_IF_ERROR(Read(number, &block));
    return block.receipts_form != RawBlock::Receipts::kNone;
  }

  const SourceReport& report() const override { return report_; }

 private:
  absl::Status NoBlock(std::uint64_t number) const {
    return absl::NotFoundError(absl::StrCat(folder_, ": has no block ", number, " that is final"));
  }
  absl::Status Damaged(std::uint64_t number, const char* what) const {
    return absl::DataLossError(absl::StrCat(folder_, ": block ", number, " ", what,
                                            "; start and stop the node, or copy the database "
                                            "again"));
  }

  // `txids` are in the block's order.
  absl::Status AddReceipts(std::uint64_t number, const std::vector<Hash256>& txids,
                           RawBlock* block) {
    auto ret = database_->Get(NodeTable::kRets, NumberKey(number));
    if (ret.ok() && AreOf(*ret, txids)) {
      block->receipts = *std::move(ret);
      block->receipts_form = RawBlock::Receipts::kTransactionRet;
      return absl::OkStatus();
    }
    if (!ret.ok() && !absl::IsNotFound(ret.status())) return ret.status();
    for (const Hash256& txid : txids) {
      const auto info = database_->Get(NodeTable::kInfos, KeyOf(txid));
      if (absl::IsNotFound(info.status())) {
        block->receipts.clear();
        GoWithoutReceipts(number, /*has_others=*/ret.ok());
        return absl::OkStatus();
      }
      COINWAKE_RETURN_IF_ERROR(info.status());
      AppendInfo(*info, &block->receipts);
    }
    block->receipts_form = RawBlock::Receipts::kInfoList;
    return absl::OkStatus();
  }

  // All are used or none, as of every source. What cannot be read is for the decoder to say.
  static bool AreOf(const std::string& ret, std::vector<Hash256> txids) {
    absl::StatusOr<std::vector<Hash256>> named = TxidsOfRet(SpanOf(ret));
    if (!named.ok()) return true;
    std::sort(named->begin(), named->end());
    std::sort(txids.begin(), txids.end());
    return *named == txids;
  }

  void GoWithoutReceipts(std::uint64_t number, bool has_others) {
    ++report_.blocks_without_receipts;
    if (has_others) {
      AddWarning(absl::StrCat(folder_, ": block ", number,
                              ": the receipts in transactionRetStore are not those of its "
                              "transactions; not used"),
                 &report_);
    } else if (!told_of_none_) {
      told_of_none_ = true;
      AddWarning(absl::StrCat(folder_, ": block ", number,
                              " and maybe others have no receipts; the node ran without "
                              "storage.transHistory.switch"),
                 &report_);
    }
  }

  const std::string folder_;
  const std::unique_ptr<NodeDatabase> database_;
  SourceReport report_;
  SourceRange range_;
  bool told_of_none_ = false;
};

}  // namespace

absl::StatusOr<std::optional<std::string>> FindDatabaseFolder(FileSystem& files,
                                                              const std::string& source) {
  for (const std::string& folder : {source, absl::StrCat(source, "/database")}) {
    for (const char* name : {"/block-index", "/block"}) {
      const std::string place = absl::StrCat(folder, name);
      COINWAKE_ASSIGN_OR_RETURN(const bool exists, files.Exists(place));
      if (!exists) continue;
      COINWAKE_ASSIGN_OR_RETURN(const PathKind kind, files.KindOf(place));
      if (kind == PathKind::kFolder) return folder;
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<BlockSource>> OpenDatabaseSource(FileSystem& files,
                                                                const std::string& folder) {
  SourceReport report;
  COINWAKE_ASSIGN_OR_RETURN(auto database, NodeDatabase::Open(files, folder, &report));
  auto source = std::make_unique<DatabaseSource>(folder, std::move(database), std::move(report));
  COINWAKE_RETURN_IF_ERROR(source->FindRange());
  return source;
}

}  // namespace coinwake::tron
