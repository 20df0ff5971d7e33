#include "labels/label_file.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/ascii.h"
#include "indexer/base/csv.h"
#include "labels/address_list.h"
#include "labels/gunzip.h"
#include "labels/label_collector.h"
#include "labels/label_csv.h"
#include "labels/sdn_csv.h"
#include "labels/sdn_xml.h"
#include "labels/tag_pack.h"

namespace coinwake {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// The first line that says something: not empty, no comment, nothing of YAML's own.
std::string_view FirstLine(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = ascii::TrimSpaces(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool says_nothing =
        line.empty() || line.starts_with('#') || line.starts_with('%') || line == "---";
    if (!says_nothing) return line;
  }
  return {};
}

// "title: ..." or "tags:".
bool IsYamlEntry(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const bool is_key = std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                                  [](char c) { return ascii::IsLetter(c) || c == '_'; });
  return is_key && (colon + 1 == line.size() || line[colon + 1] == ' ');
}

absl::Status ReadLines(std::string_view text, std::string_view line, SdnEntries* entries,
                       LabelCollector* collector) {
  if (IsYamlEntry(line)) return ReadTagPack(text, collector);
  const bool one_column = line.find(',') == std::string_view::npos && line != "address";
  if (one_column && line.find(' ') != std::string_view::npos) {
    return collector->NoList(
        1, "no list of labels: neither YAML, XML, JSON, CSV nor an address a line");
  }
  if (one_column) return ReadAddressLines(text, collector);
  CsvReader reader(text);
  std::vector<std::string> fields;
  if (reader.Next(&fields) == CsvReader::Result::kRecord && IsSdnRecord(fields)) {
    return ReadSdnCsv(text, entries, collector);
  }
  return ReadLabelCsv(text, collector);
}

absl::Status ReadAny(std::string_view text, SdnEntries* entries, LabelCollector* collector) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.find('\0') != std::string_view::npos) {
    return collector->NoList(1, "no text: labels come as YAML, XML, JSON, CSV or a list, in UTF-8");
  }
  const std::string_view line = FirstLine(text);
  if (line.empty()) return collector->NoList(1, "nothing in it");
  switch (ascii::TrimSpaces(text).front()) {
    case '<':
      return ReadSdnXml(text, collector);
    case '[':
    case '{':
      return ReadAddressJson(text, collector);
    default:
      return ReadLines(text, line, entries, collector);
  }
}

absl::Status TooLarge(const std::string& path) {
  return absl::ResourceExhaustedError(
      absl::StrCat(path, ": more than ", kMaxLabelFileBytes >> 20, " MiB; split it"));
}

}  // namespace

absl::StatusOr<LabelFile> ReadLabelFile(ByteSpan bytes, const LabelReadOptions& options,
                                        SdnEntries* entries) {
  std::string inflated;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (IsGzip(bytes)) {
    absl::StatusOr<std::string> undone = Gunzip(bytes, kMaxLabelFileBytes);
    if (absl::IsResourceExhausted(undone.status())) return TooLarge(options.path);
    if (!undone.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.path, ": ", std::string(undone.status().message())));
    }
    inflated = *std::move(undone);
    text = inflated;
  }
  if (text.size() > kMaxLabelFileBytes) return TooLarge(options.path);
  LabelCollector collector(options);
  COINWAKE_RETURN_IF_ERROR(ReadAny(text, entries, &collector));
  COINWAKE_RETURN_IF_ERROR(collector.status());
  return collector.Take();
}

}  // namespace coinwake
