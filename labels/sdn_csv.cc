#include "labels/sdn_csv.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "indexer/base/ascii.h"
#include "indexer/base/csv.h"
#include "labels/sdn_xml.h"

namespace coinwake {
namespace {

constexpr std::size_t kSdnColumns = 12;
constexpr std::size_t kCommentColumns = 2;
constexpr std::size_t kNameColumn = 1;
constexpr std::size_t kProgramColumn = 3;
constexpr std::size_t kRemarksColumn = 11;
constexpr std::string_view kNull = "-0-";
// DOS's end of file, which OFAC's files carry.
constexpr char kControlZ = '\x1a';
// Of remarks that go on in sdn_comments.csv: no statement about an address is longer.
constexpr std::size_t kMaxTailBytes = 256;
constexpr std::size_t kMaxEntries = 100'000;

std::optional<std::uint64_t> ParseUid(std::string_view text) {
  std::uint64_t uid = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, uid);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return uid;
}

std::string NotNull(const std::string& field) { return field == kNull ? std::string() : field; }

// The next address that `remarks` state, which drops it and what is before; nullopt: no more.
std::optional<std::string> TakeAddress(std::string_view* remarks) {
  const std::size_t at = remarks->find(kDigitalCurrencyAddress);
  if (at == std::string_view::npos) return std::nullopt;
  remarks->remove_prefix(at + kDigitalCurrencyAddress.size());
  // "- XBT 12Qt...": the ticker is not looked at.
  const std::size_t end = std::min(remarks->find_first_of(";,"), remarks->size());
  std::string_view statement = ascii::TrimSpaces(remarks->substr(0, end));
  remarks->remove_prefix(end);
  if (statement.starts_with('-')) statement = ascii::TrimSpaces(statement.substr(1));
  const std::size_t blank = statement.find_first_of(" \t\r\n");
  if (blank == std::string_view::npos) return std::string();
  statement = ascii::TrimSpaces(statement.substr(blank));
  statement = statement.substr(0, statement.find_first_of(" \t\r\n"));
  if (statement.ends_with('.')) statement.remove_suffix(1);
  return std::string(statement);
}

// What follows the last complete statement: it may go on elsewhere.
std::string TailOf(std::string_view remarks) {
  const std::size_t end = remarks.find_last_of(';');
  const std::string_view tail = end == std::string_view::npos ? remarks : remarks.substr(end + 1);
  return tail.size() <= kMaxTailBytes && !tail.ends_with('.') ? std::string(tail) : std::string();
}

}  // namespace

bool IsSdnRecord(const std::vector<std::string>& fields) {
  return (fields.size() == kSdnColumns || fields.size() == kCommentColumns) &&
         ParseUid(fields[0]).has_value();
}

absl::Status ReadSdnCsv(std::string_view text, SdnEntries* entries, LabelCollector* collector) {
  while (!text.empty() &&
         (text.back() == kControlZ || ascii::TrimSpaces(text.substr(text.size() - 1)).empty())) {
    text.remove_suffix(1);
  }
  CsvReader reader(text);
  std::vector<std::string> fields;
  bool first = true;
  for (;;) {
    COINWAKE_ASSIGN_OR_RETURN(const bool found, collector->NextRecord(&reader, &fields));
    if (!found) return absl::OkStatus();
    if (!IsSdnRecord(fields)) {
      collector->Reject(reader.line(),
                        "no record of OFAC's: twelve columns (sdn.csv) or two "
                        "(sdn_comments.csv), the uid first");
      COINWAKE_RETURN_IF_ERROR(collector->status());
      continue;
    }
    const bool is_comment = fields.size() == kCommentColumns;
    if (first) collector->BeginList(is_comment ? kSdnCommentsList : kSdnList, false);
    first = false;
    SdnEntry entry;
    std::string remarks = NotNull(fields.back());
    const std::uint64_t uid = *ParseUid(fields[0]);
    if (is_comment) {
      if (const auto known = entries->find(uid); known != entries->end()) entry = known->second;
      remarks.insert(0, entry.tail);
    } else {
      entry.name = NotNull(fields[kNameColumn]);
      entry.program = NotNull(fields[kProgramColumn]);
    }
    std::string_view left = remarks;
    bool any = false;
    while (const std::optional<std::string> address = TakeAddress(&left)) {
      any = true;
      collector->Add(reader.line(), *address, std::nullopt,
                     SdnLabel(fields[0], entry.name, entry.program));
    }
    COINWAKE_RETURN_IF_ERROR(collector->status());
    entry.tail = TailOf(remarks);
    if ((any || !entry.tail.empty() || !is_comment) && entries->size() < kMaxEntries) {
      (*entries)[uid] = std::move(entry);
    }
  }
}

}  // namespace coinwake
