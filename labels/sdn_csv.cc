#include "labels/sdn_csv.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/ascii.h"
#include "indexer/base/csv.h"
#include "labels/label_address.h"
#include "labels/sdn_xml.h"

namespace coinwake {
namespace {

constexpr std::size_t kSdnColumns = 12;
constexpr std::size_t kCommentColumns = 2;
constexpr std::size_t kNameColumn = 1;
constexpr std::string_view kNull = "-0-";
constexpr std::string_view kBlanks = " \t\r\n";
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

bool IsAlnum(char c) { return ascii::IsLetter(c) || ascii::IsDigit(c); }
bool IsTickerChar(char c) { return (c >= 'A' && c <= 'Z') || ascii::IsDigit(c); }

std::string NotNull(const std::string& field) {
  return ascii::TrimSpaces(field) == kNull ? std::string() : field;
}

// What remarks state of an address.
struct Statement {
  std::string address;
  bool ends = false;  // something stands behind it that ends it
};

// The next address that `remarks` state, which drops it and what is before; nullopt: no more.
std::optional<Statement> TakeStatement(std::string_view* remarks) {
  const std::size_t at = remarks->find(kDigitalCurrencyAddress);
  if (at == std::string_view::npos) return std::nullopt;
  remarks->remove_prefix(at + kDigitalCurrencyAddress.size());
  // "- XBT 12Qt...": the ticker is not looked at.
  const std::size_t end = std::min(remarks->find_first_of(";,"), remarks->size());
  std::string_view statement = ascii::TrimSpaces(remarks->substr(0, end));
  Statement taken;
  taken.ends = end < remarks->size() || statement.ends_with('.');
  remarks->remove_prefix(end);
  if (statement.starts_with('-')) statement = ascii::TrimSpaces(statement.substr(1));
  const std::size_t blank = statement.find_first_of(kBlanks);
  if (blank == std::string_view::npos) return taken;
  statement = ascii::TrimSpaces(statement.substr(blank));
  statement = statement.substr(0, statement.find_first_of(kBlanks));
  if (statement.ends_with('.')) statement.remove_suffix(1);
  taken.address = std::string(statement);
  return taken;
}

bool IsAddress(std::string_view text) { return ParseLabelAddress(text, std::nullopt).ok(); }

// Whether remarks of which the beginning is not known may begin within a statement about an
// address: "Qt5...; ...", "XBT 12Qt5...; ..." or "Address - XBT 12Qt5...; ...".
bool MayBeginInside(std::string_view remarks) {
  std::string_view first =
      ascii::TrimSpaces(remarks.substr(0, std::min(remarks.find_first_of(";,"), remarks.size())));
  if (first.ends_with('.')) first.remove_suffix(1);
  // The last word of `first`, which is dropped.
  const auto take_word = [&first] {
    const std::size_t blank = first.find_last_of(kBlanks);
    const std::string_view word = first.substr(blank == std::string_view::npos ? 0 : blank + 1);
    first = ascii::TrimSpaces(first.substr(0, first.size() - word.size()));
    return word;
  };
  const std::string_view end = take_word();
  if (end.empty() || !std::all_of(end.begin(), end.end(), IsAlnum)) return false;
  const std::string_view ticker = take_word();
  if (!std::all_of(ticker.begin(), ticker.end(), IsTickerChar)) return false;
  if (first.empty()) return true;
  if (take_word() != "-") return false;
  return first.size() < kDigitalCurrencyAddress.size() && kDigitalCurrencyAddress.ends_with(first);
}

// Whether nothing goes on elsewhere: remarks end with a full stop, which that of "alt." is not.
bool HaveEnd(std::string_view remarks) {
  return ascii::TrimSpaces(remarks).empty() ||
         (remarks.ends_with('.') && !remarks.ends_with(" alt."));
}

// What follows the last complete statement: it may go on elsewhere.
std::string TailOf(std::string_view remarks) {
  if (HaveEnd(remarks)) return "";
  const std::size_t end = remarks.find_last_of(';');
  const std::string_view tail = end == std::string_view::npos ? remarks : remarks.substr(end + 1);
  return tail.size() <= kMaxTailBytes ? std::string(tail) : std::string();
}

// Whether sdn.csv was read.
bool HasNames(const SdnEntries& entries) {
  return std::any_of(entries.begin(), entries.end(),
                     [](const auto& entry) { return !entry.second.name.empty(); });
}

// Reads one record.
class RecordReader {
 public:
  // All but `line` is borrowed. `before`: the entries of files before; those of this one are `own`.
  RecordReader(std::uint64_t line, const std::vector<std::string>& fields, const SdnEntries& before,
               SdnEntries* own, LabelCollector* collector)
      : line_(line), fields_(fields), before_(before), own_(*own), collector_(*collector) {}

  void Read() {
    const std::uint64_t uid = *ParseUid(fields_[0]);
    const SdnEntry* const known = Find(uid);
    const bool is_comment = fields_.size() == kCommentColumns;
    std::string remarks = NotNull(fields_.back());
    if (!is_comment) {
      entry_.name = NotNull(fields_[kNameColumn]);
    } else if (known != nullptr) {
      entry_.name = known->name;
      remarks.insert(0, known->tail);
    } else if (MayBeginInside(remarks)) {
      collector_.Reject(line_,
                        "a comment that may begin within an address, and of which the beginning "
                        "is not known: sdn.csv has it");
    }
    const bool has_room = known != nullptr || before_.size() + own_.size() < kMaxEntries;
    const bool any = Take(remarks, has_room);
    const bool tells_more = any || entry_.may_go_on || known != nullptr;
    if (has_room && (tells_more || !is_comment)) own_[uid] = std::move(entry_);
  }

 private:
  // nullptr: none.
  const SdnEntry* Find(std::uint64_t uid) const {
    for (const SdnEntries* entries : {&std::as_const(own_), &before_}) {
      if (const auto found = entries->find(uid); found != entries->end()) return &found->second;
    }
    return nullptr;
  }

  // Adds the addresses that `remarks` state, and notes what of them may go on, if there is room for
  // it; whether there were any.
  bool Take(std::string_view remarks, bool has_room) {
    entry_.may_go_on = !HaveEnd(remarks);
    entry_.tail = TailOf(remarks);
    bool any = false;
    while (const std::optional<Statement> statement = TakeStatement(&remarks)) {
      any = true;
      if (!statement->ends && !entry_.tail.empty() && has_room && !IsAddress(statement->address)) {
        entry_.open_path = collector_.options().path;
        entry_.open_row = line_;
        return any;
      }
      if (!statement->ends) entry_.tail.clear();  // it is whole
      collector_.Add(line_, statement->address, std::nullopt, SdnLabel(fields_[0], entry_.name));
    }
    return any;
  }

  const std::uint64_t line_;
  const std::vector<std::string>& fields_;
  const SdnEntries& before_;
  SdnEntries& own_;
  LabelCollector& collector_;
  SdnEntry entry_;
};

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
  SdnEntries own;  // a file that cannot be read leaves nothing
  bool first = true;
  for (;;) {
    COINWAKE_ASSIGN_OR_RETURN(const bool found, collector->NextRecord(&reader, &fields));
    if (!found) break;
    if (!IsSdnRecord(fields)) {
      collector->Reject(reader.line(),
                        "no record of OFAC's: twelve columns (sdn.csv) or two "
                        "(sdn_comments.csv), the uid first");
      COINWAKE_RETURN_IF_ERROR(collector->status());
      continue;
    }
    if (first) {
      const bool is_comments = fields.size() == kCommentColumns;
      collector->SetSdnPart(is_comments ? SdnPart::kComments : SdnPart::kEntries);
      if (is_comments && collector->options().comments_later) return absl::OkStatus();
      collector->BeginList(is_comments && !HasNames(*entries) ? kSdnCommentsList : kSdnList, false);
    }
    first = false;
    RecordReader(reader.line(), fields, *entries, &own, collector).Read();
    COINWAKE_RETURN_IF_ERROR(collector->status());
  }
  own.merge(*entries);  // what is in both is kept as the file has it
  *entries = std::move(own);
  return absl::OkStatus();
}

std::vector<OpenRow> TakeOpenRows(SdnEntries* entries) {
  std::vector<OpenRow> rows;
  for (auto& [uid, entry] : *entries) {
    if (entry.open_row == 0) continue;
    std::string_view tail = entry.tail;
    const std::optional<Statement> statement = TakeStatement(&tail);
    const absl::Status why =
        ParseLabelAddress(statement.has_value() ? statement->address : "", std::nullopt).status();
    rows.push_back(
        {std::move(entry.open_path),
         {entry.open_row, absl::StrCat("remarks that end here, perhaps within an address: ",
                                       std::string(why.message()))}});
    entry.open_row = 0;
  }
  return rows;
}

std::set<std::string> OpenSources(const SdnEntries& entries) {
  std::set<std::string> sources;
  for (const auto& [uid, entry] : entries) {
    if (entry.may_go_on) sources.insert(SdnLabel(std::to_string(uid), "").source);
  }
  return sources;
}

}  // namespace coinwake
