#include "labels/label_csv.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/ascii.h"
#include "indexer/base/csv.h"
#include "labels/label_address.h"
#include "labels/sdn_xml.h"

namespace coinwake {
namespace {

enum Column : std::size_t {
  kAddress,
  kName,
  kCategory,
  kClass,
  kActor,
  kSource,
  kCreator,
  kAbuse,
  kConfidence,
  kClusterDefiner,
  kValidFrom,
  kValidTo,
  kNetwork,
  kList,
  kSdnUid,
  kColumns,
};
struct ColumnName {
  std::string_view name;
  Column column;
};
// Of several names of one column the first that the header has counts.
constexpr ColumnName kNames[] = {{"address", kAddress},
                                 {"label", kName},
                                 {"entity", kName},
                                 {"name", kName},
                                 {"sdn_name", kName},
                                 {"category", kCategory},
                                 {"class", kClass},
                                 {"actor", kActor},
                                 {"source", kSource},
                                 {"creator", kCreator},
                                 {"abuse", kAbuse},
                                 {"confidence", kConfidence},
                                 {"cluster_definer", kClusterDefiner},
                                 {"is_cluster_definer", kClusterDefiner},
                                 {"valid_from", kValidFrom},
                                 {"valid_to", kValidTo},
                                 {"network", kNetwork},
                                 {"list", kList},
                                 {"sdn_uid", kSdnUid}};

// Where each column stands; kNowhere for those that are not there.
class Header {
 public:
  explicit Header(const std::vector<std::string>& names) : size_(names.size()) {
    places_.fill(kNowhere);
    for (const ColumnName& known : kNames) {
      for (std::size_t i = 0; i < names.size() && places_[known.column] == kNowhere; ++i) {
        if (ascii::EqualsIgnoreCase(names[i], known.name)) places_[known.column] = i;
      }
    }
  }
  std::size_t size() const { return size_; }
  bool Has(Column column) const { return places_[column] != kNowhere; }
  const std::string& Get(const std::vector<std::string>& fields, Column column) const {
    const std::size_t place = places_[column];
    return place < fields.size() ? fields[place] : empty_;
  }

 private:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  const std::size_t size_;
  std::array<std::size_t, kColumns> places_{};
  const std::string empty_;
};

class RowReader {
 public:
  RowReader(const Header& header, LabelCollector* collector)
      : header_(header), collector_(*collector), own_list_(collector->FileName()) {}

  void Read(std::uint64_t line, const std::vector<std::string>& fields) {
    const auto text = [&](Column column) -> const std::string& {
      return header_.Get(fields, column);
    };
    collector_.BeginList(text(kList).empty() ? own_list_ : text(kList), /*may_be_part=*/false);
    // A comma that should have been quoted: what follows it stands under the wrong names.
    if (fields.size() > header_.size()) {
      return collector_.Reject(
          line, absl::StrCat(fields.size(), " fields under a header of ", header_.size()));
    }
    Label label;
    if (header_.Has(kSdnUid)) {
      label = SdnLabel(text(kSdnUid), text(kName));
    } else {
      label.name = text(kName);
      label.category = text(kCategory);
      label.source = text(kSource);
      label.creator = text(kCreator);
      label.actor = text(kActor);
      label.abuse = text(kAbuse);
      label.label_class = ClassOfSource(label.source);
      if (!label.label_class.has_value()) {
        label.label_class = ClassOfWords({label.category, label.abuse});
      }
    }
    std::string_view wrong;
    std::optional<Network> network;
    if (!ReadNetwork(text(kNetwork), &network)) wrong = "network cannot be read";
    if (!ReadOptional(text(kValidTo), ParseDate, &label.valid_to)) {
      wrong = "valid_to cannot be read: no date like 2024-09-27";
    }
    if (!ReadOptional(text(kValidFrom), ParseDate, &label.valid_from)) {
      wrong = "valid_from cannot be read: no date like 2024-09-27";
    }
    if (!ReadOptional(text(kClusterDefiner), ParseFlag, &label.cluster_definer)) {
      wrong = "cluster_definer cannot be read: neither true nor false";
    }
    if (!ReadOptional(text(kConfidence), ParseConfidence, &label.confidence_permille)) {
      wrong =
          "confidence cannot be read: neither GraphSense's word nor a whole number from 0 to 100";
    }
    if (!ReadOptional(text(kClass), ParseLabelClass, &label.label_class)) {
      wrong = "class cannot be read: service, seller, advertisement, sanction or other";
    }
    if (!wrong.empty()) return collector_.Reject(line, std::string(wrong));
    collector_.Add(line, text(kAddress), network, std::move(label));
  }

 private:
  const Header& header_;
  LabelCollector& collector_;
  const std::string own_list_;
};

}  // namespace

absl::Status ReadLabelCsv(std::string_view text, LabelCollector* collector) {
  CsvReader reader(text);
  std::vector<std::string> fields;
  COINWAKE_ASSIGN_OR_RETURN(const bool has_header, collector->NextRecord(&reader, &fields));
  if (!has_header) return collector->NoList(reader.line(), "no header line");
  const Header header(fields);
  if (!header.Has(kAddress) || (!header.Has(kName) && !header.Has(kSdnUid))) {
    return collector->NoList(reader.line(),
                             "CSV of labels begins with a header that has address, and label, "
                             "entity or name");
  }
  RowReader row(header, collector);
  for (;;) {
    COINWAKE_ASSIGN_OR_RETURN(const bool found, collector->NextRecord(&reader, &fields));
    if (!found) return absl::OkStatus();
    if (fields.size() == 1 && fields[0].empty()) continue;
    row.Read(reader.line(), fields);
    COINWAKE_RETURN_IF_ERROR(collector->status());
  }
}

std::string LabelCsvHeader() {
  return "address,network,label,category,class,actor,source,creator,abuse,confidence,"
         "cluster_definer,valid_from,valid_to,list\n";
}

std::string LabelCsvLine(const Label& label, std::string_view list) {
  const std::string fields[] = {
      AddressText(label.network, label.address),
      std::string(NetworkName(label.network)),
      label.name,
      label.category,
      label.label_class.has_value() ? std::string(LabelClassName(*label.label_class)) : "",
      label.actor,
      label.source,
      label.creator,
      label.abuse,
      label.confidence_permille.has_value() ? ConfidenceText(*label.confidence_permille) : "",
      !label.cluster_definer.has_value() ? ""
      : *label.cluster_definer           ? "true"
                                         : "false",
      label.valid_from.has_value() ? DateText(*label.valid_from) : "",
      label.valid_to.has_value() ? DateText(*label.valid_to) : "",
      std::string(list)};
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields[0]) line += ',';
    line += CsvField(field);
  }
  line += '\n';
  return line;
}

}  // namespace coinwake
