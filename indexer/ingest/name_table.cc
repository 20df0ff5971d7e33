#include "indexer/ingest/name_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/hash.h"
#include "indexer/ingest/column_rows.h"
#include "indexer/ingest/vector_stream.h"

namespace coinwake {
namespace {

// A string of up to so many bytes needs no memory beside itself.
constexpr std::size_t kShortBytes = 15;
// What the map has for a name: a view, a number, a control byte, at a load of 7/8 or less.
constexpr std::uint64_t kMapBytesEach = 48;

std::uint64_t KeyOfName(ByteSpan name) { return LoadBe<std::uint64_t>(Sha256(name).bytes.data()); }

struct Candidate {
  std::uint64_t number;  // in the index
  std::uint32_t name;    // in the batch
};

// Which old names have the key of one of the batch's.
absl::StatusOr<std::vector<Candidate>> FindCandidates(const std::vector<RunEntry>& by_key,
                                                      const NameColumns& columns,
                                                      IndexWriter& writer) {
  std::vector<Candidate> candidates;
  if (columns.names_count == 0) return candidates;
  std::vector<std::uint64_t> keys;
  keys.reserve(by_key.size());
  for (const RunEntry& entry : by_key) keys.push_back(entry.key);
  const auto snapshot = writer.store().NewSnapshot();
  const RunReader runs(*snapshot, writer.schema().runs[columns.run_table].table,
                       writer.committed().runs[columns.run_table]);
  COINWAKE_RETURN_IF_ERROR(runs.FindSorted(keys, [&](std::size_t i, std::uint64_t number) {
    if (number >= columns.names_count) return;
    candidates.push_back({number, static_cast<std::uint32_t>(by_key[i].number)});
  }));
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.number != b.number ? a.number < b.number : a.name < b.name;
  });
  return candidates;
}

}  // namespace

std::uint32_t NameTable::Intern(ByteSpan name) {
  const std::string_view view(reinterpret_cast<const char*>(name.data()), name.size());
  if (const auto found = number_of_.find(view); found != number_of_.end()) return found->second;
  names_.emplace_back(view);
  if (view.size() > kShortBytes) long_bytes_ += view.size() + 16;  // and what malloc adds
  const auto number = static_cast<std::uint32_t>(names_.size() - 1);
  number_of_.emplace(names_.back(), number);
  return number;
}

std::uint64_t NameTable::memory_bytes() const {
  return names_.size() * (sizeof(std::string) + kMapBytesEach) + long_bytes_;
}

absl::StatusOr<ResolvedNames> ResolveNames(const NameTable& table, const NameColumns& columns,
                                           IndexWriter& writer) {
  std::vector<RunEntry> by_key;
  by_key.reserve(table.count());
  for (std::uint32_t i = 0; i < table.count(); ++i) by_key.push_back({KeyOfName(table.name(i)), i});
  std::sort(by_key.begin(), by_key.end());
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Candidate> candidates,
                            FindCandidates(by_key, columns, writer));

  // A key is eight bytes of a hash: the name itself decides.
  ResolvedNames resolved;
  resolved.number_of.assign(table.count(), kNone32);
  ColumnRows ends(writer.ColumnAt(columns.end_column), sizeof(std::uint64_t));
  std::vector<std::uint8_t> bytes;
  for (const Candidate& candidate : candidates) {
    std::uint64_t begin = 0;
    if (candidate.number != 0) {
      COINWAKE_ASSIGN_OR_RETURN(begin, ends.Get<std::uint64_t>(candidate.number - 1));
    }
    COINWAKE_ASSIGN_OR_RETURN(const auto end, ends.Get<std::uint64_t>(candidate.number));
    if (end < begin || end > columns.bytes_count) {
      return absl::DataLossError(
          absl::StrCat(writer.folder(), "/columns/",
                       std::string(writer.schema().columns[columns.end_column].name), ".col: row ",
                       candidate.number, " is out of order; index again"));
    }
    const ByteSpan name = table.name(candidate.name);
    if (end - begin != name.size()) continue;
    bytes.resize(name.size());
    COINWAKE_RETURN_IF_ERROR(writer.ColumnAt(columns.bytes_column).ReadRows(begin, end, bytes));
    if (std::equal(name.begin(), name.end(), bytes.begin())) {
      resolved.number_of[candidate.name] = static_cast<std::uint32_t>(candidate.number);
    }
  }
  for (std::uint32_t i = 0; i < table.count(); ++i) {
    if (resolved.number_of[i] != kNone32) continue;
    const std::uint64_t number = columns.names_count + resolved.fresh.size();
    if (number >= kNone32) {
      return absl::ResourceExhaustedError(absl::StrCat(writer.folder(), ": more than ", kNone32,
                                                       " names; this format holds no more"));
    }
    resolved.number_of[i] = static_cast<std::uint32_t>(number);
    resolved.fresh.push_back(i);
  }
  return resolved;
}

absl::Status AppendNames(const NameTable& table, const ResolvedNames& resolved,
                         const NameColumns& columns, IndexWriter& writer, RunLists* runs) {
  ColumnWriter& bytes = writer.ColumnAt(columns.bytes_column);
  ColumnWriter& ends = writer.ColumnAt(columns.end_column);
  std::vector<RunEntry> entries;
  entries.reserve(resolved.fresh.size());
  for (const std::uint32_t i : resolved.fresh) {
    entries.push_back({KeyOfName(table.name(i)), resolved.number_of[i]});
    COINWAKE_RETURN_IF_ERROR(bytes.Append(table.name(i)));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(ends, bytes.rows_count()));
  }
  std::sort(entries.begin(), entries.end());
  VectorStream stream({entries});
  return writer.AddRun(columns.run_table, columns.names_count,
                       columns.names_count + resolved.fresh.size(), stream,
                       &(*runs)[columns.run_table]);
}

}  // namespace coinwake
