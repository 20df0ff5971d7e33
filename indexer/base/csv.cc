#include "indexer/base/csv.h"

#include <algorithm>

#include "indexer/base/ascii.h"

namespace coinwake {
namespace {

void SkipBlanks(std::string_view* text) {
  while (!text->empty() && (text->front() == ' ' || text->front() == '\t')) text->remove_prefix(1);
}

}  // namespace

// Reads one field from the front of the text and drops it, not the comma or line end after it.
bool CsvReader::TakeField(std::string* field) {
  field->clear();
  SkipBlanks(&text_);
  if (text_.empty() || text_.front() != '"') {
    const std::size_t end = std::min(text_.find_first_of(",\r\n"), text_.size());
    *field = std::string(ascii::TrimSpaces(text_.substr(0, end)));
    text_.remove_prefix(end);
    return true;
  }
  text_.remove_prefix(1);
  for (;;) {
    const std::size_t quote = text_.find('"');
    if (quote == std::string_view::npos) return false;
    const std::string_view part = text_.substr(0, quote);
    line_ += static_cast<std::uint64_t>(std::count(part.begin(), part.end(), '\n'));
    field->append(part);
    text_.remove_prefix(quote + 1);
    if (text_.empty() || text_.front() != '"') break;
    field->push_back('"');
    text_.remove_prefix(1);
  }
  SkipBlanks(&text_);
  return text_.empty() || text_.front() == ',' || text_.front() == '\r' || text_.front() == '\n';
}

// Drops the rest of a line and its end: LF, CRLF or a CR alone.
void CsvReader::SkipLine() {
  text_.remove_prefix(std::min(text_.find_first_of("\r\n"), text_.size()));
  const bool pair = text_.starts_with("\r\n");
  text_.remove_prefix(std::min<std::size_t>(pair ? 2 : 1, text_.size()));
  ++line_;
}

CsvReader::Result CsvReader::Next(std::vector<std::string>* fields) {
  fields->clear();
  while (!text_.empty() && text_.front() == '#') SkipLine();
  begin_line_ = line_;
  if (text_.empty()) return Result::kEnd;
  std::string field;
  for (;;) {
    if (!TakeField(&field)) {
      text_ = {};
      return Result::kMalformed;
    }
    if (fields->size() < kMaxFields) fields->push_back(field);
    if (text_.empty() || text_.front() != ',') break;
    text_.remove_prefix(1);
  }
  SkipLine();
  return Result::kRecord;
}

std::string CsvField(std::string_view field) {
  const bool plain = field.find_first_of(",\"\r\n") == std::string_view::npos &&
                     ascii::TrimSpaces(field) == field && !field.starts_with('#');
  if (plain) return std::string(field);
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

}  // namespace coinwake
