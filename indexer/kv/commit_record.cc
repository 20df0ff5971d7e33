// Bytes: docs/design/keys.md, "The commit record".
#include "indexer/kv/commit_record.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::string_view kMagic = "CWCOMMIT";
constexpr std::uint32_t kFormatVersion = 1;
// More than any index has; a longer list is damage that the checksum happened to miss.
constexpr std::uint32_t kMaxColumns = 256;
constexpr std::uint32_t kMaxRunsListed = 64;

class Writer {
 public:
  template <typename T>
  void Add(T number) {
    char buffer[sizeof(T)];
    StoreLe(buffer, number);
    bytes_.append(buffer, sizeof(T));
  }
  void AddBytes(ByteSpan span) {
    bytes_.append(reinterpret_cast<const char*>(span.data()), span.size());
  }
  std::string Finish() {
    Add(Crc32c(AsBytes(bytes_.data(), bytes_.size())));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

absl::Status Damaged(std::size_t offset) {
  return absl::DataLossError(
      absl::StrCat("commit record: offset ", offset,
                   ": damaged; restore the data folder, or index into a new one"));
}

bool IsKnown(Network network) {
  return std::find(std::begin(kAllNetworks), std::end(kAllNetworks), network) !=
         std::end(kAllNetworks);
}

void ReadRuns(ByteReader& reader, CommitRecord* record, bool* valid) {
  for (std::vector<RunInfo>& runs : record->runs) {
    const auto count = reader.Read<std::uint32_t>();
    if (count > kMaxRunsListed) *valid = false;
    for (std::uint32_t i = 0; i < count && reader.ok() && *valid; ++i) {
      RunInfo run;
      run.id = reader.Read<std::uint64_t>();
      run.lo = reader.Read<std::uint64_t>();
      run.hi = reader.Read<std::uint64_t>();
      run.entries = reader.Read<std::uint64_t>();
      if (run.lo > run.hi || run.id >= record->next_run_id) *valid = false;
      runs.push_back(run);
    }
  }
}

}  // namespace

std::string EncodeCommitRecord(const CommitRecord& record) {
  COINWAKE_CHECK(record.columns.size() <= kMaxColumns);
  Writer writer;
  writer.AddBytes(AsBytes(kMagic.data(), kMagic.size()));
  writer.Add(record.format_version);
  writer.Add(static_cast<std::uint8_t>(record.network));
  writer.Add(static_cast<std::uint8_t>(record.complete_history ? 1 : 0));
  writer.Add(record.sequence);
  writer.Add(record.from_height);
  writer.Add(record.blocks);
  writer.AddBytes(record.tip_hash.bytes);
  writer.Add(record.applied_inputs);
  writer.Add(record.applied_keys);
  writer.Add(record.stale_blocks);
  writer.Add(record.detached_blocks);
  writer.Add(record.next_run_id);
  writer.Add(static_cast<std::uint32_t>(record.columns.size()));
  for (const CommittedColumn& column : record.columns) {
    writer.Add(column.rows_count);
    writer.Add(column.tail_crc);
  }
  for (const std::vector<RunInfo>& runs : record.runs) {
    COINWAKE_CHECK(runs.size() <= kMaxRunsListed);
    writer.Add(static_cast<std::uint32_t>(runs.size()));
    for (const RunInfo& run : runs) {
      COINWAKE_CHECK(run.lo <= run.hi && run.id < record.next_run_id);
      writer.Add(run.id);
      writer.Add(run.lo);
      writer.Add(run.hi);
      writer.Add(run.entries);
    }
  }
  return writer.Finish();
}

absl::StatusOr<CommitRecord> DecodeCommitRecord(std::string_view bytes) {
  // Magic, version and the checksum at the end stay where they are in every version to come.
  constexpr std::size_t kLeastBytes = 8 + 4 + 4;
  if (bytes.size() < kLeastBytes || !bytes.starts_with(kMagic)) return Damaged(0);
  const ByteSpan all = AsBytes(bytes.data(), bytes.size());
  const ByteSpan body = all.first(all.size() - 4);
  if (LoadLe<std::uint32_t>(all.data() + body.size()) != Crc32c(body)) return Damaged(body.size());

  ByteReader reader(body);
  reader.ReadBytes(kMagic.size());
  CommitRecord record;
  record.format_version = reader.Read<std::uint32_t>();
  if (record.format_version > kFormatVersion) {
    return absl::UnimplementedError(
        absl::StrCat("this index has format ", record.format_version, ", this program knows ",
                     kFormatVersion, "; use the newer coinwake, or index into a new data folder"));
  }
  if (record.format_version != kFormatVersion) return Damaged(8);
  record.network = static_cast<Network>(reader.Read<std::uint8_t>());
  const auto complete = reader.Read<std::uint8_t>();
  bool valid = IsKnown(record.network) && complete <= 1;
  record.complete_history = complete == 1;
  record.sequence = reader.Read<std::uint64_t>();
  record.from_height = reader.Read<std::uint64_t>();
  record.blocks = reader.Read<std::uint64_t>();
  const ByteSpan tip = reader.ReadBytes(record.tip_hash.bytes.size());
  std::copy(tip.begin(), tip.end(), record.tip_hash.bytes.begin());
  record.applied_inputs = reader.Read<std::uint64_t>();
  record.applied_keys = reader.Read<std::uint64_t>();
  record.stale_blocks = reader.Read<std::uint64_t>();
  record.detached_blocks = reader.Read<std::uint64_t>();
  record.next_run_id = reader.Read<std::uint64_t>();
  const auto columns_count = reader.Read<std::uint32_t>();
  if (columns_count > kMaxColumns) valid = false;
  for (std::uint32_t i = 0; i < columns_count && reader.ok() && valid; ++i) {
    CommittedColumn column;
    column.rows_count = reader.Read<std::uint64_t>();
    column.tail_crc = reader.Read<std::uint32_t>();
    record.columns.push_back(column);
  }
  if (valid) ReadRuns(reader, &record, &valid);
  if (!valid || !reader.ok() || reader.remaining() != 0) return Damaged(reader.offset());
  return record;
}

}  // namespace coinwake
