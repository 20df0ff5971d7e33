// Lists for tests: the real ones of tests/data/labels, and SDN files built from public designees.
#ifndef COINWAKE_TESTS_LABELS_SUPPORT_H_
#define COINWAKE_TESTS_LABELS_SUPPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "labels/label_file.h"

namespace coinwake {

// A file of tests/data/labels.
std::string LabelData(const std::string& name);

// As ReadLabelFile, without entries from files before.
absl::StatusOr<LabelFile> ReadLabels(std::string_view text, LabelReadOptions options = {});
// The same of a text that must be read; `path` is "list".
LabelFile MustRead(std::string_view text, LabelReadOptions options = {});

// A designee of drug_trafficking_designees_xbt.csv, with all addresses.
struct Designee {
  std::string uid;
  std::string name;
  std::string program;
  std::vector<std::string> addresses;
};
std::vector<Designee> Designees();
// Their number of addresses.
std::size_t AddressesOf(const std::vector<Designee>& designees);

// In the forms that OFAC publishes.
std::string SdnXml(const std::vector<Designee>& designees);
std::string SdnAdvancedXml(const std::vector<Designee>& designees);
struct SdnCsvFiles {
  std::string sdn;
  std::string comments;
};
// Remarks longer than `most` bytes go on in the comments.
SdnCsvFiles SdnCsv(const std::vector<Designee>& designees, std::size_t most);

// A list of one label for each name on each address, in order.
LabelList ListOf(const std::string& list, const std::vector<std::string>& addresses,
                 const std::vector<std::string>& names);
// The `number`th of some valid main-net addresses, all different.
std::string AddressNumber(std::uint32_t number);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_LABELS_SUPPORT_H_
