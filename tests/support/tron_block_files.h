// Tron blocks as files that `index tron` reads: 00000.blocks, 00000.receipts, 00001.blocks, ...
//
// `*.blocks` has messages Block, `*.receipts` messages TransactionRet, each after its length as a
// varint.
#ifndef COINWAKE_TESTS_SUPPORT_TRON_BLOCK_FILES_H_
#define COINWAKE_TESTS_SUPPORT_TRON_BLOCK_FILES_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake::synthetic {

struct TronFileOptions {
  std::uint64_t file_size = 128'000'000;  // a file of blocks is closed once it has as many bytes
  // Blocks are written in a shuffled order within windows of this many, and receipts in another;
  // 1 keeps the order of the chain.
  std::size_t shuffle_window = 1;
  std::uint64_t seed = 1;  // of the shuffle
};

// Writes into a folder (made when missing). One thread.
class TronBlockFileWriter {
 public:
  // `files` is borrowed and must outlive the writer.
  TronBlockFileWriter(FileSystem& files, std::string folder, TronFileOptions options);

  // kUnavailable when the disk refuses, as Finish(). Moves of the block are not written.
  absl::Status Append(const TronBlock& block);
  // Writes what is still buffered. Call once, last.
  absl::Status Finish();
  std::uint64_t written_bytes() const { return written_bytes_; }

 private:
  // A file that grows at its end.
  struct Output {
    std::unique_ptr<File> file;
    std::uint64_t offset = 0;  // of `buffer`
    std::string buffer;
    std::vector<std::string> window;
  };
  absl::Status FlushWindows();
  absl::Status FlushWindow(Output* output);
  absl::Status FlushBuffer(Output* output);
  absl::Status OpenNext();

  FileSystem& files_;
  std::string folder_;
  TronFileOptions options_;
  std::uint64_t shuffle_state_;
  std::uint32_t next_file_ = 0;
  std::uint64_t written_bytes_ = 0;
  Output blocks_;
  Output receipts_;
};

// All of `blocks` at once.
absl::Status WriteBlockFiles(FileSystem& files, const std::string& folder,
                             std::span<const TronBlock> blocks,
                             const TronFileOptions& options = {});

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_TRON_BLOCK_FILES_H_
