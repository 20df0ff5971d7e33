#include "labels/tag_pack.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <iterator>
#include <optional>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/ascii.h"
#include "labels/label_address.h"

namespace coinwake {
namespace {

// Deeper than the context of any pack; yaml-cpp itself stops at 500.
constexpr std::size_t kMaxDepth = 16;
// Longest text that is kept: longer ones are rejected later anyway.
constexpr std::size_t kKeptBytes = kMaxLabelSourceBytes + 1;
constexpr std::size_t kMaxConcepts = 64;

enum class Field {
  kAbuse,
  kActor,
  kAddress,
  kCategories,
  kCategory,
  kClass,
  kClusterDefiner,
  kConcepts,
  kConfidence,
  kCreator,
  kId,
  kLabel,
  kNetwork,
  kSource,
  kTitle,
  kTxHash,
  kValidFrom,
  kValidTo,
};
struct FieldName {
  std::string_view name;
  Field field;
};
constexpr FieldName kFields[] = {
    {"abuse", Field::kAbuse},       {"actor", Field::kActor},
    {"address", Field::kAddress},   {"categories", Field::kCategories},
    {"category", Field::kCategory}, {"class", Field::kClass},
    {"concepts", Field::kConcepts}, {"confidence", Field::kConfidence},
    {"creator", Field::kCreator},   {"id", Field::kId},
    {"label", Field::kLabel},       {"network", Field::kNetwork},
    {"source", Field::kSource},     {"title", Field::kTitle},
    {"tx_hash", Field::kTxHash},    {"valid_from", Field::kValidFrom},
    {"valid_to", Field::kValidTo},  {"is_cluster_definer", Field::kClusterDefiner},
};

std::optional<Field> FieldOf(std::string_view name) {
  for (const FieldName& known : kFields) {
    if (known.name == name) return known.field;
  }
  return std::nullopt;
}

// What a header or one of its items says. Few enough fields that looking is as quick as any index.
class Fields {
 public:
  void Set(Field field, std::string_view value) {
    const bool is_list = field == Field::kConcepts || field == Field::kCategories;
    for (auto& [known, text] : values_) {
      if (known != field || is_list) continue;
      text = std::string(value.substr(0, kKeptBytes));
      return;
    }
    if (is_list && values_.size() > kMaxConcepts) return;
    values_.emplace_back(field, std::string(value.substr(0, kKeptBytes)));
  }
  // nullptr: it says nothing of it.
  const std::string* Find(Field field) const {
    for (const auto& [known, text] : values_) {
      if (known == field) return &text;
    }
    return nullptr;
  }
  std::vector<std::string> All(Field field) const {
    std::vector<std::string> all;
    for (const auto& [known, text] : values_) {
      if (known == field && !text.empty()) all.push_back(text);
    }
    return all;
  }
  void Clear() { values_.clear(); }

 private:
  std::vector<std::pair<Field, std::string>> values_;
};

struct Item {
  std::uint64_t line = 0;
  bool is_actor = false;
  Fields fields;
};

// Collects one document's header and items from the events of the parser; the first thing that no
// pack has ends it, and what follows is passed over.
class PackHandler final : public YAML::EventHandler {
 public:
  explicit PackHandler(LabelCollector* collector) : collector_(*collector) {}

  const absl::Status& status() const { return status_; }

  void OnDocumentStart(const YAML::Mark&) override {
    frames_.clear();
    header_.Clear();
    items_.clear();
    has_items_ = false;
    if (++documents_ > kMaxLists && status_.ok()) status_ = collector_.TooManyLists();
  }
  void OnDocumentEnd() override {
    if (!status_.ok() || !has_anything_) return;
    has_anything_ = false;
    if (!has_items_) {
      NoPack(1, "a YAML document without tags: or actors: is neither TagPack nor ActorPack");
      return;
    }
    Finish();
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Value(mark, anchor, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Fail(LineOf(mark), "an alias; packs have none");
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    Value(mark, anchor, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, anchor, /*is_map=*/false);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, anchor, /*is_map=*/true);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    bool is_map = false;
    bool key_next = true;  // of a map
    std::string key;       // of a map: the one whose value is read
  };

  static std::uint64_t LineOf(const YAML::Mark& mark) {
    return static_cast<std::uint64_t>(mark.line) + 1;
  }
  void Fail(std::uint64_t line, std::string_view what) {
    if (status_.ok()) status_ = collector_.Error(line, what);
  }
  // Behind a pack it is something broken.
  void NoPack(std::uint64_t line, std::string_view what) {
    if (documents_ > 1) return Fail(line, what);
    if (status_.ok()) status_ = collector_.NoList(line, what);
  }
  bool IsRefused(const YAML::Mark& mark, YAML::anchor_t anchor) {
    has_anything_ = true;
    if (anchor != YAML::NullAnchor) Fail(LineOf(mark), "an anchor; packs have none");
    return !status_.ok();
  }

  // Within tags: or actors: of the document.
  bool InItems() const {
    return frames_.size() >= 2 && frames_[0].is_map && !frames_[1].is_map &&
           (frames_[0].key == "tags" || frames_[0].key == "actors");
  }
  // The fields that a value of the innermost frame belongs to, and its key; nullptr for none.
  Fields* Target(std::string* key) {
    const std::size_t depth = frames_.size();
    if (depth == 0 || !frames_[0].is_map) return nullptr;
    const bool in_item = InItems() && depth >= 3 && frames_[2].is_map;
    const std::size_t map = in_item ? 2 : 0;
    const bool in_list = depth == map + 2 && !frames_[map + 1].is_map;
    if (depth != map + 1 && !in_list) return nullptr;
    if (in_list && frames_[map].key != "concepts" && frames_[map].key != "categories") {
      return nullptr;
    }
    *key = frames_[map].key;
    return in_item ? &items_.back().fields : &header_;
  }

  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, bool is_map) {
    if (IsRefused(mark, anchor)) return;
    if (frames_.size() >= kMaxDepth) return Fail(LineOf(mark), "nested too deep for a pack");
    if (frames_.empty() && !is_map) {
      return NoPack(LineOf(mark), "neither TagPack nor ActorPack: it has no header");
    }
    if (frames_.size() == 2 && InItems() && is_map) {
      items_.push_back({LineOf(mark), frames_[0].key == "actors", {}});
      if (items_.size() > kMaxListRows) return Fail(LineOf(mark), "too many tags");
    }
    frames_.push_back({is_map, true, {}});
    if (frames_.size() == 2 && InItems()) has_items_ = true;
  }

  void Close() {
    if (!status_.ok() || frames_.empty()) return;
    frames_.pop_back();
    ValueDone();
  }

  // What stood where a value or a key stands has ended.
  void ValueDone() {
    if (frames_.empty() || !frames_.back().is_map) return;
    Frame& map = frames_.back();
    map.key_next = !map.key_next;
    if (map.key_next) map.key.clear();
  }

  void Value(const YAML::Mark& mark, YAML::anchor_t anchor, std::string_view text) {
    if (IsRefused(mark, anchor)) return;
    if (frames_.empty())
      return NoPack(LineOf(mark), "neither TagPack nor ActorPack: a single value");
    if (frames_.back().is_map && frames_.back().key_next) {
      frames_.back().key = std::string(text.substr(0, kKeptBytes));
      return ValueDoneWithKey();
    }
    std::string key;
    Fields* const target = Target(&key);
    const std::optional<Field> field = target != nullptr ? FieldOf(key) : std::nullopt;
    if (field.has_value()) target->Set(*field, text);
    ValueDone();
  }
  void ValueDoneWithKey() { frames_.back().key_next = false; }

  // What the tag says, or else the header; nullptr where neither does.
  const std::string* Inherited(const Item& item, Field field) const {
    const std::string* const own = item.fields.Find(field);
    return own != nullptr ? own : header_.Find(field);
  }
  std::string TextOf(const Item& item, Field field) const {
    const std::string* const text = Inherited(item, field);
    return text != nullptr ? *text : std::string();
  }

  void Finish() {
    const std::string* const title = header_.Find(Field::kTitle);
    const std::string* const creator = header_.Find(Field::kCreator);
    std::string list = title != nullptr && !title->empty() ? *title : collector_.FileName();
    if (creator != nullptr && !creator->empty()) absl::StrAppend(&list, " (", *creator, ")");
    collector_.BeginList(list, /*may_be_part=*/true);
    for (Item& item : items_) {
      if (item.is_actor) {
        collector_.AddActor(item.line, {TextOf(item, Field::kId), TextOf(item, Field::kLabel),
                                        item.fields.All(Field::kCategories)});
      } else {
        AddTag(item);
      }
      item.fields.Clear();
      if (status_ = collector_.status(); !status_.ok()) return;
    }
  }

  void AddTag(const Item& item) {
    const std::string* const address = item.fields.Find(Field::kAddress);
    if (address == nullptr && item.fields.Find(Field::kTxHash) != nullptr) {
      return collector_.Reject(item.line, "a tag of a transaction, not of an address");
    }
    Label label;
    label.name = TextOf(item, Field::kLabel);
    label.category = TextOf(item, Field::kCategory);
    label.actor = TextOf(item, Field::kActor);
    label.source = TextOf(item, Field::kSource);
    label.creator = TextOf(item, Field::kCreator);
    label.abuse = TextOf(item, Field::kAbuse);
    std::vector<std::string> concepts = item.fields.All(Field::kConcepts);
    if (concepts.empty()) concepts = header_.All(Field::kConcepts);
    std::vector<std::string_view> words = {label.category, label.abuse};
    words.insert(words.end(), concepts.begin(), concepts.end());
    label.label_class = ClassOfSource(label.source);
    if (!label.label_class.has_value()) label.label_class = ClassOfWords(words);
    if (label.category.empty()) label.category = CategoryOf(concepts, label.label_class);
    std::optional<Network> network;
    if (const std::string wrong = ReadTyped(item, &label, &network); !wrong.empty()) {
      return collector_.Reject(item.line, absl::StrCat(wrong, " cannot be read"));
    }
    collector_.Add(item.line, address != nullptr ? *address : "", network, std::move(label));
  }

  // The concept that stands for a category: the first. The class of a service under sanctions says
  // that it is under sanctions: there the category says which service it is.
  static std::string CategoryOf(const std::vector<std::string>& concepts,
                                std::optional<LabelClass> label_class) {
    if (label_class == LabelClass::kSanction) {
      for (const std::string& one : concepts) {
        if (ClassOfWord(one) == LabelClass::kService) return one;
      }
    }
    return concepts.empty() ? std::string() : concepts.front();
  }

  // The name of the field that cannot be read; "" where all can.
  std::string ReadTyped(const Item& item, Label* label, std::optional<Network>* network) const {
    if (!ReadNetwork(TextOf(item, Field::kNetwork), network)) return "network";
    if (!ReadOptional(TextOf(item, Field::kConfidence), ParseConfidence,
                      &label->confidence_permille)) {
      return "confidence";
    }
    if (!ReadOptional(TextOf(item, Field::kClusterDefiner), ParseFlag, &label->cluster_definer)) {
      return "is_cluster_definer";
    }
    if (!ReadOptional(TextOf(item, Field::kClass), ParseLabelClass, &label->label_class)) {
      return "class";
    }
    if (!ReadOptional(TextOf(item, Field::kValidFrom), ParseDate, &label->valid_from)) {
      return "valid_from";
    }
    return ReadOptional(TextOf(item, Field::kValidTo), ParseDate, &label->valid_to) ? std::string()
                                                                                    : "valid_to";
  }

  LabelCollector& collector_;
  absl::Status status_;
  std::vector<Frame> frames_;
  Fields header_;
  std::vector<Item> items_;
  std::uint64_t documents_ = 0;
  bool has_items_ = false;
  bool has_anything_ = false;
};

// Text where it is, as a stream; std::istringstream would copy it.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    // A get area is of char*; nothing writes to it.
    char* const begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

}  // namespace

absl::Status ReadTagPack(std::string_view text, LabelCollector* collector) {
  TextBuffer buffer(text);
  std::istream stream(&buffer);
  PackHandler handler(collector);
  // yaml-cpp tells what is wrong by throwing.
  try {
    YAML::Parser parser(stream);
    while (handler.status().ok() && parser.HandleNextDocument(handler)) {
    }
  } catch (const YAML::Exception& error) {
    if (!handler.status().ok()) return handler.status();
    const int line = error.mark.line;
    return collector->Error(line < 0 ? 1 : static_cast<std::uint64_t>(line) + 1,
                            absl::StrCat("no YAML: ", error.msg));
  }
  return handler.status();
}

}  // namespace coinwake
