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
#include "indexer/bitcoin/proof_of_work.h"
#include "server/block_answers.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kMagicBytes = 4;

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

constexpr char kDamagedRemedy[] = "; take the file from the node again";

// The same failure with the place it is about.
absl::Status At(const std::string& place, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(place, ": ", std::string(status.message())));
}

absl::Status NoBlock(const std::string& path, const bitcoin::XorKey& key) {
  return absl::DataLossError(absl::StrCat(
      path, ": no block in this file",
      key.IsPlain() ? "; a node from version 28 on keeps them XORed: copy its xor.dat beside it"
                    : "; is the xor.dat beside it this node's?"));
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
    absl::Status single = NoBlock(path, key);
    if (size <= bitcoin::kMaxBlockSize) single = DecodeSingle(path, *file, size);
    if (single.ok()) return single;
    // No block by itself: perhaps records behind junk.
    const absl::Status records = DecodeRecords(path, *file, key, &any);
    return any ? records : single;
  }

  std::uint64_t passed_over() const { return passed_over_; }
  // Files that hold bytes in no whole record, each warned of.
  std::uint64_t damaged_files() const { return damaged_files_; }

 private:
  absl::Status DecodeSingle(const std::string& path, const File& file, std::uint64_t size) {
    std::vector<std::uint8_t> bytes(size);
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t read, file.ReadAt(0, bytes));
    bytes.resize(read);
    bitcoin::ParsedBlock parsed;
    COINWAKE_RETURN_IF_ERROR(Check(path, bytes, &parsed));
    // Nothing in a block says which network it is of.
    if (!network_.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": a block by itself; --network has to say of which network"));
    }
    const bitcoin::BlockHeader header =
        bitcoin::ParseHeader(ByteSpan(bytes).first(bitcoin::kHeaderSize));
    if (!bitcoin::CheckProofOfWork(parsed.hash, header.bits, bitcoin::ParamsOf(*network_))) {
      session_.Warn(absl::StrCat(path,
                                 ": this block does not have the proof of work it claims, as ",
                                 "no block of ", std::string(NetworkName(*network_)), " may"));
    }
    return PrintBlock(path, bytes, *network_);
  }

  // What of a file was in no record; zeros are space that the node set aside.
  void WarnOfSkipped(const std::string& path, const bitcoin::SkippedBytes& skipped) {
    if (skipped.torn != 0) {
      session_.Warn(absl::StrCat(path, ": ", skipped.torn, " bytes of records cut short"));
    }
    if (skipped.junk != 0) {
      session_.Warn(absl::StrCat(path, ": ", skipped.junk, " bytes between records are no block"));
    }
    if (skipped.torn + skipped.junk != 0) ++damaged_files_;
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
    if (!*any) return NoBlock(path, key);
    WarnOfSkipped(path, reader.skipped());
    return absl::OkStatus();
  }

  static absl::Status Check(const std::string& place, ByteSpan bytes,
                            bitcoin::ParsedBlock* parsed) {
    absl::Status status = bitcoin::ParseBlock(bytes, parsed);
    if (status.ok()) status = bitcoin::CheckBlock(*parsed);
    if (status.ok()) return status;
    return At(place,
              absl::DataLossError(absl::StrCat(std::string(status.message()), kDamagedRemedy)));
  }

  absl::Status PrintBlock(const std::string& place, ByteSpan bytes, Network network) {
    bitcoin::ParsedBlock parsed;
    COINWAKE_RETURN_IF_ERROR(Check(place, bytes, &parsed));
    v1::Block block;
    if (const absl::Status status = server::AnswerRawBlock(bytes, network, &block); !status.ok()) {
      return At(place, absl::DataLossError(status.message()));
    }
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
  std::uint64_t damaged_files_ = 0;
  bool is_first_ = true;
};

}  // namespace

absl::Status Run(const Session& session, const DecodeCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network,
                            session.AskedNetworkOf(Chain::kBitcoin));
  Decoder decoder(session, network);
  for (const std::string& path : command.files) {
    COINWAKE_RETURN_IF_ERROR(decoder.DecodeFile(path));
  }
  if (decoder.passed_over() > 0) {
    session.Warn(absl::StrCat(decoder.passed_over(), " blocks of other networks passed over"));
  }
  if (decoder.damaged_files() == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      decoder.damaged_files(), " of ", command.files.size(),
      " files hold bytes that are no whole block; copy them again once the node has stopped"));
}

}  // namespace coinwake::cli
