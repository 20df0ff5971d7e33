#include "labels/tag_pack_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace coinwake {
namespace {

// Double-quoted YAML, whatever is in it.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += absl::StrFormat("\\x%02x", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  quoted += '"';
  return quoted;
}

void AddField(std::string_view name, std::string_view text, std::string* item) {
  if (text.empty()) return;
  absl::StrAppend(item, "  ", std::string(name), ": ", Quoted(text), "\n");
}

}  // namespace

TagPackWriter::TagPackWriter(std::string_view list, std::string_view creator) {
  const std::string ending = absl::StrCat(" (", std::string(creator), ")");
  creator_in_header_ = !creator.empty() && list.size() > ending.size() && list.ends_with(ending);
  if (creator_in_header_) list.remove_suffix(ending.size());
  header_ = absl::StrCat("---\ntitle: ", Quoted(list), "\n");
  if (creator_in_header_) absl::StrAppend(&header_, "creator: ", Quoted(creator), "\n");
}

std::string TagPackWriter::Begin(std::string_view items) {
  if (header_.empty()) return "";
  return absl::StrCat(std::exchange(header_, ""), std::string(items), ":\n");
}

std::string TagPackWriter::Tag(const Label& label) {
  std::string item = Begin("tags");
  const bool is_tron = ChainOf(label.network) == Chain::kTron;
  absl::StrAppend(&item, "- address: ", Quoted(AddressText(label.network, label.address)), "\n");
  AddField("currency", is_tron ? "TRX" : "BTC", &item);
  AddField("network", NetworkName(label.network), &item);
  AddField("label", label.name, &item);
  AddField("category", label.category, &item);
  AddField("actor", label.actor, &item);
  AddField("source", label.source, &item);
  if (!creator_in_header_) AddField("creator", label.creator, &item);
  AddField("abuse", label.abuse, &item);
  if (label.confidence_permille.has_value()) {
    AddField("confidence", ConfidenceText(*label.confidence_permille), &item);
  }
  if (label.cluster_definer.has_value()) {
    absl::StrAppend(&item, "  is_cluster_definer: ", *label.cluster_definer ? "true" : "false",
                    "\n");
  }
  if (label.label_class.has_value()) AddField("class", LabelClassName(*label.label_class), &item);
  if (label.valid_from.has_value()) AddField("valid_from", DateText(*label.valid_from), &item);
  if (label.valid_to.has_value()) AddField("valid_to", DateText(*label.valid_to), &item);
  return item;
}

std::string TagPackWriter::ActorEntry(const Actor& actor) {
  std::string item = Begin("actors");
  absl::StrAppend(&item, "- id: ", Quoted(actor.id), "\n");
  AddField("label", actor.name, &item);
  if (actor.categories.empty()) return item;
  item += "  categories:\n";
  for (const std::string& category : actor.categories) {
    absl::StrAppend(&item, "  - ", Quoted(category), "\n");
  }
  return item;
}

}  // namespace coinwake
