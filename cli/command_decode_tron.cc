// decode tron: Tron's blocks in files, without an index.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "coinwake/v1/chain.pb.h"
#include "indexer/tron/block.h"
#include "indexer/tron/json.h"
#include "server/tron_answers.h"

namespace coinwake::cli {
namespace {

constexpr char kStreamEnding[] = ".blocks";
// Read at a time from a file of many blocks: a few of the largest.
constexpr std::size_t kChunkSize = 4 * tron::kMaxBlockSize;
constexpr std::size_t kMaxLengthSize = 10;  // bytes of a varint

absl::Status At(const std::string& place, const absl::Status& status) {
  // What is wrong with a file's bytes is no fault of the command line.
  const absl::StatusCode code =
      absl::IsInvalidArgument(status) ? absl::StatusCode::kDataLoss : status.code();
  return absl::Status(code, absl::StrCat(place, ": ", std::string(status.message())));
}

// JSON begins so; no block does, because its fields have lower numbers.
bool LooksLikeJson(ByteSpan bytes) {
  const auto first = std::find_if_not(bytes.begin(), bytes.end(), absl::ascii_isspace);
  return first != bytes.end() && (*first == '{' || *first == '[');
}

class Decoder {
 public:
  Decoder(const Session& session, std::optional<Network> asked)
      : session_(session), asked_(asked), network_(asked.value_or(Network::kTron)) {}

  absl::Status DecodeFile(const std::string& path) {
    COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                              session_.files().Open(path, OpenMode::kRead));
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t size, file->Size());
    if (path.ends_with(kStreamEnding)) return DecodeStream(path, *file, size);
    if (size > tron::kMaxJsonSize) {
      return absl::DataLossError(absl::StrCat(
          path,
          ": too large for a block or an answer in JSON; many blocks, each after its length, "
          "go into a file that ends in ",
          kStreamEnding));
    }
    std::vector<std::uint8_t> bytes(size);
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t read, file->ReadAt(0, bytes));
    bytes.resize(read);
    tron::Block block;
    const absl::Status single = tron::DecodeBlock(bytes, &block);
    if (single.ok()) return PrintBlock(path, block);
    if (LooksLikeJson(bytes)) return DecodeJson(path, bytes);
    return At(path, single);
  }

  std::uint64_t passed_over() const { return passed_over_; }

 private:
  absl::Status DecodeStream(const std::string& path, const File& file, std::uint64_t size) {
    std::vector<std::uint8_t> chunk;
    std::uint64_t offset = 0;  // of what is decoded next
    while (offset < size) {
      chunk.resize(kChunkSize);
      COINWAKE_ASSIGN_OR_RETURN(const std::size_t read, file.ReadAt(offset, chunk));
      chunk.resize(read);
      if (read == 0) break;  // the file was cut while it was read
      const bool is_last = offset + read >= size;
      ByteSpan rest = chunk;
      // Another chunk may begin inside a block, unless this is the last.
      while (!rest.empty() && (is_last || rest.size() >= tron::kMaxBlockSize + kMaxLengthSize)) {
        const std::string place = absl::StrCat(path, ": block at offset ", offset);
        const std::size_t before = rest.size();
        const absl::StatusOr<ByteSpan> bytes = tron::TakeDelimited(&rest, tron::kMaxBlockSize);
        if (!bytes.ok()) return At(place, bytes.status());
        tron::Block block;
        if (const absl::Status status = tron::DecodeBlock(*bytes, &block); !status.ok()) {
          return At(place, status);
        }
        COINWAKE_RETURN_IF_ERROR(PrintBlock(place, block));
        offset += before - rest.size();
      }
    }
    return absl::OkStatus();
  }

  absl::Status DecodeJson(const std::string& path, ByteSpan bytes) {
    const absl::StatusOr<tron::JsonAnswer> answer =
        tron::ReadJson(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    if (!answer.ok()) return At(path, answer.status());
    if (answer->blocks.empty()) {
      return absl::DataLossError(absl::StrCat(path, ": no block in this answer"));
    }
    std::size_t number = 0;
    for (const tron::JsonBlock& encoded : answer->blocks) {
      const std::string place = absl::StrCat(path, ": block ", ++number);
      tron::Block block;
      absl::Status status = tron::DecodeBlock(tron::SpanOf(encoded.bytes), &block);
      if (status.ok()) status = tron::CheckStatedIds(encoded, block);
      if (!status.ok()) return At(place, status);
      COINWAKE_RETURN_IF_ERROR(PrintBlock(place, block));
    }
    return absl::OkStatus();
  }

  // False when the block is of another network than the one asked for. Only genesis tells; blocks
  // after it are taken to be of its chain.
  bool SetNetwork(const tron::BlockHeader& header) {
    if (header.number != 0) return true;
    const Network genesis = tron::NetworkOfGenesis(header.id).value_or(Network::kTronPrivate);
    if (asked_.has_value()) return genesis == *asked_;
    network_ = genesis;
    return true;
  }

  absl::Status PrintBlock(const std::string& place, const tron::Block& block) {
    if (const absl::Status status = tron::CheckMerkleRoot(block); !status.ok()) {
      return At(place, status);
    }
    if (!SetNetwork(block.header)) {
      ++passed_over_;
      return absl::OkStatus();
    }
    v1::Block answer;
    server::AnswerTronBlock(block, network_, &answer);
    if (session_.json()) {
      session_.PrintJson(answer);
    } else {
      session_.Print((is_first_ ? "" : "\n") + Show(answer));
    }
    is_first_ = false;
    return absl::OkStatus();
  }

  const Session& session_;
  const std::optional<Network> asked_;
  Network network_;  // of the blocks to come
  std::uint64_t passed_over_ = 0;
  bool is_first_ = true;
};

}  // namespace

absl::Status Run(const Session& session, const DecodeTronCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network,
                            session.AskedNetworkOf(Chain::kTron));
  Decoder decoder(session, network);
  for (const std::string& path : command.files) {
    COINWAKE_RETURN_IF_ERROR(decoder.DecodeFile(path));
  }
  if (decoder.passed_over() > 0) {
    session.Warn(absl::StrCat(decoder.passed_over(), " blocks of other networks passed over"));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::cli
