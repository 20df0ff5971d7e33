// OFAC's forms, bare lists and CSV, plain and gzip: any bytes are read or refused, every row is a
// label or rejected, and labels written as CSV read back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "indexer/base/check.h"
#include "labels/label_csv.h"
#include "labels/label_file.h"

namespace coinwake {
namespace {

void CheckFile(ByteSpan bytes) {
  LabelReadOptions options;
  options.path = "fuzz";
  SdnEntries entries;
  const absl::StatusOr<LabelFile> file = ReadLabelFile(bytes, options, &entries);
  if (!file.ok()) {
    COINWAKE_CHECK(file.status().message().find('\n') == absl::string_view::npos);
    return;
  }
  std::uint64_t rows = file->rejected.size();
  for (const RejectedRow& row : file->rejected) {
    COINWAKE_CHECK(row.row > 0 && !row.reason.empty());
    COINWAKE_CHECK(row.reason.find('\n') == std::string::npos);
  }
  for (const LabelList& list : file->lists) {
    rows += list.labels.size() + list.actors.size();
    if (list.labels.empty()) continue;
    std::string written = LabelCsvHeader();
    for (const Label& label : list.labels) written += LabelCsvLine(label, list.list);
    const absl::StatusOr<LabelFile> again =
        ReadLabelFile(AsBytes(written.data(), written.size()), options, &entries);
    COINWAKE_CHECK(again.ok() && again->rejected.empty() && again->lists.size() == 1);
    COINWAKE_CHECK(again->lists[0].labels == list.labels);
  }
  COINWAKE_CHECK(rows == file->read);
}

}  // namespace
}  // namespace coinwake

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  coinwake::CheckFile(coinwake::ByteSpan(data, size));
  return 0;
}
