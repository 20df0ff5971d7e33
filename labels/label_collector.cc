#include "labels/label_collector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/ascii.h"
#include "indexer/base/utf8.h"
#include "labels/label_address.h"

namespace coinwake {
namespace {

// What is wrong with the label's texts, which it makes valid; "" when nothing is.
std::string MendTexts(Label* label) {
  struct Text {
    std::string* text;
    std::string_view what;
    std::size_t most;
  };
  const Text texts[] = {{&label->name, "label", kMaxLabelNameBytes},
                        {&label->category, "category", kMaxLabelWordBytes},
                        {&label->actor, "actor", kMaxLabelWordBytes},
                        {&label->source, "source", kMaxLabelSourceBytes},
                        {&label->creator, "creator", kMaxLabelWordBytes},
                        {&label->abuse, "abuse", kMaxLabelWordBytes}};
  for (const Text& text : texts) {
    *text.text = ValidUtf8(*text.text);
    if (text.text->find('\0') != std::string::npos) {
      return absl::StrCat(std::string(text.what), ": holds a NUL");
    }
    if (text.text->size() > text.most) {
      return absl::StrCat(std::string(text.what), ": longer than ", text.most, " bytes");
    }
  }
  if (label->name.empty()) return "no label";
  if (label->valid_from.has_value() && label->valid_to.has_value() &&
      *label->valid_to < *label->valid_from) {
    return "valid_to is before valid_from";
  }
  return "";
}

}  // namespace

std::optional<bool> ParseFlag(std::string_view text) {
  for (const std::string_view word : {"true", "yes", "1"}) {
    if (ascii::EqualsIgnoreCase(text, word)) return true;
  }
  for (const std::string_view word : {"false", "no", "0"}) {
    if (ascii::EqualsIgnoreCase(text, word)) return false;
  }
  return std::nullopt;
}

std::string ValidPrefix(std::string_view text, std::size_t most_bytes) {
  std::string prefix;
  for (std::size_t offset = 0; offset < text.size();) {
    const Utf8Char next = DecodeUtf8(text, offset);
    if (prefix.size() + Utf8SizeOf(next.code) > most_bytes) break;
    AppendUtf8(next.code, &prefix);
    offset += next.size_bytes;
  }
  return prefix;
}

bool ReadNetwork(std::string_view text, std::optional<Network>* network) {
  constexpr std::size_t kMaxTickerChars = 6;
  *network = ParseNetwork(ascii::ToLower(text));
  if (network->has_value() || text.empty()) return true;
  return text.size() <= kMaxTickerChars && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

const std::string& LabelCollector::BeginList(std::string_view own, bool may_be_part) {
  const std::string name = ValidPrefix(
      options_.list.empty() ? own : std::string_view(options_.list), kMaxLabelSourceBytes);
  const auto [place, is_new] = by_name_.emplace(name, file_.lists.size());
  if (is_new) {
    file_.lists.emplace_back();
    file_.lists.back().list = name;
    file_.lists.back().may_be_part = may_be_part && options_.list.empty();
  }
  current_ = place->second;
  return place->first;
}

std::string LabelCollector::FileName() const {
  std::string_view path = options_.path;
  path.remove_prefix(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
  if (path.ends_with(".gz")) path.remove_suffix(3);
  return std::string(path);
}

void LabelCollector::Add(std::uint64_t row, std::string_view address,
                         std::optional<Network> network, Label label) {
  absl::StatusOr<LabelAddress> parsed =
      ParseLabelAddress(address, network.has_value() ? network : options_.network);
  if (!parsed.ok()) return Reject(row, std::string(parsed.status().message()));
  if (const std::string wrong = MendTexts(&label); !wrong.empty()) return Reject(row, wrong);
  label.network = parsed->network;
  label.address = std::move(parsed->bytes);
  if (options_.label_class.has_value()) label.label_class = options_.label_class;
  ++file_.read;
  list().labels.push_back(std::move(label));
}

void LabelCollector::AddActor(std::uint64_t row, Actor actor) {
  actor.id = ValidUtf8(actor.id);
  actor.name = ValidUtf8(actor.name);
  for (std::string& category : actor.categories) category = ValidUtf8(category);
  if (actor.id.empty() || actor.name.empty()) return Reject(row, "an actor without id or label");
  bool fits = actor.id.size() <= kMaxLabelWordBytes && actor.name.size() <= kMaxLabelNameBytes;
  for (const std::string& category : actor.categories) {
    fits = fits && category.size() <= kMaxLabelWordBytes;
  }
  if (!fits) {
    return Reject(row, absl::StrCat("an actor's id or category is longer than ", kMaxLabelWordBytes,
                                    " bytes, or its label than ", kMaxLabelNameBytes));
  }
  ++file_.read;
  list().actors.push_back(std::move(actor));
}

void LabelCollector::Reject(std::uint64_t row, std::string_view reason) {
  ++file_.read;
  if (!file_.lists.empty()) ++list().rejected;
  file_.rejected.push_back({row, std::string(reason)});
}

absl::StatusOr<bool> LabelCollector::NextRecord(CsvReader* reader,
                                                std::vector<std::string>* fields) const {
  const CsvReader::Result result = reader->Next(fields);
  if (result == CsvReader::Result::kMalformed) {
    return Error(reader->line(), "a quoted field does not end");
  }
  return result == CsvReader::Result::kRecord;
}

absl::Status LabelCollector::status() const {
  if (file_.read > kMaxLabelRows) {
    return absl::ResourceExhaustedError(
        absl::StrCat(options_.path, ": more than ", kMaxLabelRows, " rows; split it into files"));
  }
  if (file_.lists.size() > kMaxLists) return TooManyLists();
  if (file_.lists.empty()) return absl::OkStatus();
  const LabelList& current = file_.lists[current_];
  if (current.labels.size() + current.actors.size() <= kMaxListRows) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat(options_.path, ": more than ", kMaxListRows,
                   " rows in one list; split it into files, each with a --list of its own"));
}

absl::Status LabelCollector::TooManyLists() const {
  return absl::ResourceExhaustedError(
      absl::StrCat(options_.path, ": more than ", kMaxLists, " lists; split it into files"));
}

std::string LabelCollector::At(std::uint64_t line, std::string_view what) const {
  return absl::StrCat(options_.path, ":", line, ": ", Printable(what));
}

absl::Status LabelCollector::NoList(std::uint64_t line, std::string_view what) const {
  return absl::NotFoundError(At(line, what));
}

absl::Status LabelCollector::Error(std::uint64_t line, std::string_view what) const {
  return absl::InvalidArgumentError(At(line, what));
}

}  // namespace coinwake
