#include "labels/sdn_xml.h"

#include <expat.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/ascii.h"

namespace coinwake {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kKeptBytes = 4096;       // of the text of one element
constexpr std::size_t kMaxAddresses = 10'000;  // of one entry
constexpr std::size_t kChunkBytes = 1u << 20;  // given to expat at once, which counts in int

// A name without its namespace's prefix.
std::string_view LocalName(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string Attribute(const XML_Char** attributes, std::string_view name) {
  for (std::size_t i = 0; attributes[i] != nullptr; i += 2) {
    if (LocalName(attributes[i]) == name) {
      return std::string(attributes[i + 1]).substr(0, kKeptBytes);
    }
  }
  return "";
}

void Append(std::string* list, std::string_view text, std::string_view separator) {
  if (text.empty() || list->size() > kKeptBytes) return;
  absl::StrAppend(list, list->empty() ? "" : std::string(separator), std::string(text));
}

struct Found {
  std::uint64_t line = 0;
  std::string address;
};

// The state of one document. Elements are told by their local names: OFAC's namespace has changed.
class SdnReader {
 public:
  SdnReader(XML_Parser parser, LabelCollector* collector)
      : parser_(parser), collector_(*collector) {}

  const absl::Status& status() const { return status_; }

  void Start(std::string_view name, const XML_Char** attributes) {
    if (!status_.ok()) return;
    if (names_.size() >= kMaxDepth) return Fail("nested too deep for an SDN file");
    if (names_.empty()) BeginDocument(name);
    names_.emplace_back(name);
    text_.clear();
    if (advanced_) {
      StartAdvanced(name, attributes);
    } else if (name == "sdnEntry") {
      BeginEntry("");
    } else if (name == "id") {
      id_type_.clear();
      id_number_.clear();
    }
  }

  void End(std::string_view name) {
    if (!status_.ok()) return;
    const std::string text(ascii::TrimSpaces(text_));
    const std::string parent = names_.size() >= 2 ? names_[names_.size() - 2] : std::string();
    if (advanced_) {
      EndAdvanced(name, text);
    } else {
      EndPlain(name, parent, text);
    }
    names_.pop_back();
    text_.clear();
  }

  void Text(std::string_view text) {
    if (text_.size() < kKeptBytes) text_.append(text.substr(0, kKeptBytes - text_.size()));
  }

  void Doctype() { Fail("a document type declaration; OFAC's files have none"); }

 private:
  std::uint64_t Line() const { return XML_GetCurrentLineNumber(parser_); }

  void Fail(std::string_view what) { Stop(collector_.Error(Line(), what)); }
  void Stop(absl::Status status) {
    if (status_.ok()) status_ = std::move(status);
    XML_StopParser(parser_, XML_FALSE);
  }

  void BeginDocument(std::string_view root) {
    advanced_ = root == "Sanctions";
    if (!advanced_ && root != "sdnList") {
      return Stop(collector_.NoList(
          Line(), "XML that is neither sdn.xml (sdnList) nor sdn_advanced.xml (Sanctions)"));
    }
    collector_.BeginList(kSdnList, /*may_be_part=*/false);
  }

  void BeginEntry(std::string uid) {
    uid_ = std::move(uid);
    name_.clear();
    addresses_.clear();
  }

  void Take(std::string address) {
    if (addresses_.size() >= kMaxAddresses) return Fail("an entry with too many addresses");
    addresses_.push_back({Line(), std::move(address)});
  }

  void EndEntry() {
    for (Found& found : addresses_) {
      collector_.Add(found.line, found.address, std::nullopt, SdnLabel(uid_, name_));
    }
    addresses_.clear();
    if (absl::Status status = collector_.status(); !status.ok()) Stop(std::move(status));
  }

  void EndPlain(std::string_view name, std::string_view parent, const std::string& text) {
    if (parent == "sdnEntry") {
      if (name == "uid") uid_ = text;
      if (name == "lastName") name_ = name_.empty() ? text : absl::StrCat(text, ", ", name_);
      if (name == "firstName") Append(&name_, text, ", ");
    }
    if (parent == "id" && name == "idType") id_type_ = text;
    if (parent == "id" && name == "idNumber") id_number_ = text;
    if (name == "id" && id_type_.starts_with(kDigitalCurrencyAddress)) Take(id_number_);
    if (name == "sdnEntry") EndEntry();
  }

  void StartAdvanced(std::string_view name, const XML_Char** attributes) {
    if (name == "FeatureType") feature_type_ = Attribute(attributes, "ID");
    if (name == "DistinctParty") BeginEntry(Attribute(attributes, "FixedRef"));
    if (name == "Feature") {
      is_address_ = currency_features_.count(Attribute(attributes, "FeatureTypeID")) != 0;
    }
    if (name == "Alias") {
      is_primary_ = ascii::EqualsIgnoreCase(Attribute(attributes, "Primary"), "true");
    }
    if (name == "DocumentedName") takes_name_ = is_primary_ && name_.empty();
  }

  void EndAdvanced(std::string_view name, const std::string& text) {
    if (name == "FeatureType" && text.starts_with(kDigitalCurrencyAddress)) {
      if (currency_features_.size() < kMaxAddresses) currency_features_.insert(feature_type_);
    }
    if (name == "NamePartValue" && takes_name_) Append(&name_, text, ", ");
    if (name == "DocumentedName") takes_name_ = false;
    if (name == "VersionDetail" && is_address_) Take(text);
    if (name == "Feature") is_address_ = false;
    if (name == "DistinctParty") EndEntry();
  }

  const XML_Parser parser_;
  LabelCollector& collector_;
  absl::Status status_;
  bool advanced_ = false;
  std::vector<std::string> names_;  // of the open elements
  std::string text_;                // of the innermost, since its last child

  // The entry being read.
  std::string uid_;
  std::string name_;
  std::vector<Found> addresses_;
  std::string id_type_;
  std::string id_number_;

  // Of sdn_advanced.xml.
  std::set<std::string> currency_features_;  // ids of the feature types that are addresses
  std::string feature_type_;
  bool is_address_ = false;
  bool is_primary_ = false;
  bool takes_name_ = false;
};

void XMLCALL OnStart(void* reader, const XML_Char* name, const XML_Char** attributes) {
  static_cast<SdnReader*>(reader)->Start(LocalName(name), attributes);
}
void XMLCALL OnEnd(void* reader, const XML_Char* name) {
  static_cast<SdnReader*>(reader)->End(LocalName(name));
}
void XMLCALL OnText(void* reader, const XML_Char* text, int size) {
  static_cast<SdnReader*>(reader)->Text({text, static_cast<std::size_t>(size)});
}
void XMLCALL OnDoctype(void* reader, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<SdnReader*>(reader)->Doctype();
}

}  // namespace

Label SdnLabel(std::string_view uid, std::string_view name) {
  Label label;
  label.name = name.empty() ? absl::StrCat("OFAC SDN entry ", std::string(uid)) : std::string(name);
  label.category = "sanction";
  label.source = absl::StrCat("OFAC SDN uid ", std::string(uid));
  label.creator = "OFAC";
  label.confidence_permille = ParseConfidence("authority_data");
  label.label_class = LabelClass::kSanction;
  return label;
}

absl::Status ReadSdnXml(std::string_view text, LabelCollector* collector) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr),
                                                                       &XML_ParserFree);
  if (parser == nullptr) return absl::ResourceExhaustedError("no memory for an XML parser");
  SdnReader reader(parser.get(), collector);
  XML_SetUserData(parser.get(), &reader);
  XML_SetElementHandler(parser.get(), &OnStart, &OnEnd);
  XML_SetCharacterDataHandler(parser.get(), &OnText);
  XML_SetStartDoctypeDeclHandler(parser.get(), &OnDoctype);
  while (reader.status().ok()) {
    const std::string_view chunk = text.substr(0, kChunkBytes);
    text.remove_prefix(chunk.size());
    const XML_Status parsed = XML_Parse(parser.get(), chunk.data(), static_cast<int>(chunk.size()),
                                        text.empty() ? XML_TRUE : XML_FALSE);
    if (parsed != XML_STATUS_OK && reader.status().ok()) {
      return collector->Error(
          XML_GetCurrentLineNumber(parser.get()),
          absl::StrCat("no XML: ", XML_ErrorString(XML_GetErrorCode(parser.get()))));
    }
    if (text.empty()) break;
  }
  return reader.status();
}

}  // namespace coinwake
