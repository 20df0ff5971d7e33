#include "tests/support/tron_block_files.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "indexer/base/check.h"
#include "tests/support/block_builder.h"
#include "tests/support/wire_writer.h"

namespace coinwake::synthetic {
namespace {

constexpr std::size_t kBufferSize = 1U << 22;  // bytes

std::string Delimited(std::string_view message) {
  std::string record;
  record.reserve(message.size() + 4);
  AppendVarint(message.size(), &record);
  record.append(message);
  return record;
}

}  // namespace

TronBlockFileWriter::TronBlockFileWriter(FileSystem& files, std::string folder,
                                         TronFileOptions options)
    : files_(files), folder_(std::move(folder)), options_(options), shuffle_state_(options.seed) {
  COINWAKE_CHECK(options_.shuffle_window >= 1);
}

absl::Status TronBlockFileWriter::OpenNext() {
  if (next_file_ == 0) COINWAKE_RETURN_IF_ERROR(files_.CreateFolders(folder_));
  const std::string stem = absl::StrFormat("%s/%05u", folder_, next_file_++);
  COINWAKE_ASSIGN_OR_RETURN(blocks_.file, files_.Open(stem + ".blocks", OpenMode::kTruncate));
  COINWAKE_ASSIGN_OR_RETURN(receipts_.file, files_.Open(stem + ".receipts", OpenMode::kTruncate));
  blocks_.offset = 0;
  receipts_.offset = 0;
  return absl::OkStatus();
}

absl::Status TronBlockFileWriter::Append(const TronBlock& block) {
  blocks_.window.push_back(Delimited(block.bytes));
  if (!block.receipts.empty()) receipts_.window.push_back(Delimited(block.receipts));
  return blocks_.window.size() < options_.shuffle_window ? absl::OkStatus() : FlushWindows();
}

absl::Status TronBlockFileWriter::FlushWindow(Output* output) {
  std::vector<std::string>& window = output->window;
  for (std::size_t i = window.size(); i > 1; --i) {
    std::swap(window[i - 1], window[SplitMix(&shuffle_state_) % i]);
  }
  for (const std::string& record : window) output->buffer.append(record);
  window.clear();
  return output->buffer.size() < kBufferSize ? absl::OkStatus() : FlushBuffer(output);
}

absl::Status TronBlockFileWriter::FlushWindows() {
  if (blocks_.file == nullptr) COINWAKE_RETURN_IF_ERROR(OpenNext());
  COINWAKE_RETURN_IF_ERROR(FlushWindow(&blocks_));
  COINWAKE_RETURN_IF_ERROR(FlushWindow(&receipts_));
  if (blocks_.offset + blocks_.buffer.size() < options_.file_size) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(FlushBuffer(&blocks_));
  COINWAKE_RETURN_IF_ERROR(FlushBuffer(&receipts_));
  blocks_.file = nullptr;
  return absl::OkStatus();
}

absl::Status TronBlockFileWriter::FlushBuffer(Output* output) {
  if (output->buffer.empty()) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(output->file->WriteAt(output->offset, tron::SpanOf(output->buffer)));
  output->offset += output->buffer.size();
  written_bytes_ += output->buffer.size();
  output->buffer.clear();
  return absl::OkStatus();
}

absl::Status TronBlockFileWriter::Finish() {
  COINWAKE_RETURN_IF_ERROR(FlushWindows());
  if (blocks_.file == nullptr) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(FlushBuffer(&blocks_));
  return FlushBuffer(&receipts_);
}

absl::Status WriteBlockFiles(FileSystem& files, const std::string& folder,
                             std::span<const TronBlock> blocks, const TronFileOptions& options) {
  TronBlockFileWriter writer(files, folder, options);
  for (const TronBlock& block : blocks) COINWAKE_RETURN_IF_ERROR(writer.Append(block));
  return writer.Finish();
}

}  // namespace coinwake::synthetic
