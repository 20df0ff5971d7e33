#include "indexer/tron_source/json_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/tron/block.h"
#include "indexer/tron/json.h"
#include "indexer/tron/receipt.h"

namespace coinwake::tron {
namespace {

absl::Status At(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", std::string(status.message())));
}

}  // namespace

absl::StatusOr<JsonFile> LoadJsonFile(FileSystem& files, const std::string& path) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> text,
                            ReadWhole(files, path, kMaxJsonSize));
  absl::StatusOr<JsonAnswer> answer =
      ReadJson(std::string_view(reinterpret_cast<const char*>(text.data()), text.size()));
  if (!answer.ok()) return At(path, answer.status());
  JsonFile file;
  for (JsonBlock& stated : answer->blocks) {
    Block block;
    absl::Status status = DecodeBlock(SpanOf(stated.bytes), &block);
    if (status.ok()) status = CheckStatedIds(stated, block);
    if (!status.ok()) return At(path, status);
    file.blocks.push_back(std::move(stated.bytes));
  }
  for (ByteString& bytes : answer->transaction_infos) {
    Receipt receipt;
    const absl::Status status = DecodeTransactionInfo(SpanOf(bytes), &receipt);
    if (!status.ok()) return At(path, status);
    file.infos.push_back(
        {std::move(bytes), receipt.txid, receipt.block_number, receipt.block_time_ms});
  }
  return file;
}

}  // namespace coinwake::tron
