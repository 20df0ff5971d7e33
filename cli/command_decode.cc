// decode: blocks in files, without an index.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "coinwake/v1/chain.pb.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/block_file.h"
#include "indexer/bitcoin/network_params.h"
#include "server/block_answers.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kMagicBytes = 4;

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// The same failure with the place it is about.
absl::Status At(const std::string& place, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(place, ": ", std::string(status.message())));
}

// Whether the bytes, made plain with `key`, begin with a network's magic.
bool BeginsWithMagic(ByteSpan bytes, const bitcoin::XorKey& key) {
  if (bytes.size() < kMagicBytes) return false;
  std::array<std::uint8_t, kMagicBytes> magic;
  std::copy_n(bytes.begin(), kMagicBytes, magic.begin());
  key.Apply(0, magic);
  return bitcoin::NetworkOfMagic(magic).has_value();
}

class Decoder {
 public:
  Decoder(const Session& session, std::optional<Network> network)
      : session_(session), network_(network) {}

  absl::Status DecodeFile(const std::string& path) {
    COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                              session_.files().Open(path, OpenMode::kRead));
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t size, file->Size());
    std::array<std::uint8_t, kMagicBytes> head{};
    COINWAKE_RETURN_IF_ERROR(file->ReadAt(0, head).status());
    const bitcoin::XorKey plain;
    bool any = false;
    if (BeginsWithMagic(head, plain)) return DecodeRecords(path, *file, plain, &any);
    COINWAKE_ASSIGN_OR_RETURN(const bitcoin::XorKey key,
                              bitcoin::LoadXorKey(session_.files(), FolderOf(path)));
    if (!key.IsPlain() && BeginsWithMagic(head, key)) {
      return DecodeRecords(path, *file, key, &any);
    }
    absl::Status single = absl::DataLossError(absl::StrCat(path, ": no block in this file"));
    if (size <= bitcoin::kMaxBlockSize) single = DecodeSingle(path, *file, size);
    if (single.ok()) return single;
    // No block by itself: perhaps records behind junk.
    const absl::Status records = DecodeRecords(path, *file, key, &any);
    return any ? records : single;
  }

  std::uint64_t passed_over() const { return passed_over_; }

 private:
  absl::Status DecodeSingle(const std::string& path, const File& file, std::uint64_t size) {
    std::vector<std::uint8_t> bytes(size);
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t read, file.ReadAt(0, bytes));
    bytes.resize(read);
    return PrintBlock(path, bytes, network_.value_or(Network::kBitcoin));
  }

  absl::Status DecodeRecords(const std::string& path, const File& file, const bitcoin::XorKey& key,
                             bool* any) {
    bitcoin::BlockFileReader reader(file, key);
    bitcoin::BlockRecord record;
    std::vector<std::uint8_t> bytes;
    while (true) {
      const absl::StatusOr<bool> found = reader.Next(&record);
      if (!found.ok()) return At(path, found.status());
      if (!*found) break;
      *any = true;
      if (network_.has_value() && record.network != *network_) {
        ++passed_over_;
        continue;
      }
      const std::string place = absl::StrCat(path, ": block at offset ", record.offset);
      if (const absl::Status status = reader.ReadBlock(record, &bytes); !status.ok()) {
        return At(place, status);
      }
      COINWAKE_RETURN_IF_ERROR(PrintBlock(place, bytes, record.network));
    }
    if (*any) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(path, ": no block in this file"));
  }

  absl::Status PrintBlock(const std::string& place, ByteSpan bytes, Network network) {
    bitcoin::ParsedBlock parsed;
    absl::Status status = bitcoin::ParseBlock(bytes, &parsed);
    if (status.ok()) status = bitcoin::CheckBlock(parsed);
    v1::Block block;
    if (status.ok()) status = server::AnswerRawBlock(bytes, network, &block);
    if (!status.ok()) return At(place, absl::DataLossError(status.message()));
    if (session_.json()) {
      session_.PrintJson(block);
    } else {
      session_.Print((is_first_ ? "" : "\n") + Show(block));
    }
    is_first_ = false;
    return absl::OkStatus();
  }

  const Session& session_;
  const std::optional<Network> network_;
  std::uint64_t passed_over_ = 0;
  bool is_first_ = true;
};

}  // namespace

absl::Status Run(const Session& session, const DecodeCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network, session.AskedNetwork());
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
