#include "tests/labels/support.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "indexer/base/csv.h"
#include "indexer/bitcoin/address.h"
#include "labels/label_address.h"
#include "tests/support/gzip.h"

namespace coinwake {
namespace {

std::string Xml(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::string Remarks(const Designee& designee) {
  std::string remarks = "Secondary sanctions risk";
  for (const std::string& address : designee.addresses) {
    absl::StrAppend(&remarks, "; ", &address == designee.addresses.data() ? "" : "alt. ",
                    "Digital Currency Address - XBT ", address);
  }
  return remarks + "; Linked To: NOBODY.";
}

}  // namespace

std::string LabelData(const std::string& name) {
  const std::vector<std::uint8_t> bytes =
      ReadMaybeGzip(absl::StrCat(COINWAKE_LABEL_DATA, "/", name));
  return {bytes.begin(), bytes.end()};
}

absl::StatusOr<LabelFile> ReadLabels(std::string_view text, LabelReadOptions options) {
  if (options.path.empty()) options.path = "list";
  SdnEntries entries;
  return ReadLabelFile(AsBytes(text.data(), text.size()), options, &entries);
}

LabelFile MustRead(std::string_view text, LabelReadOptions options) {
  absl::StatusOr<LabelFile> file = ReadLabels(text, std::move(options));
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? *std::move(file) : LabelFile();
}

std::vector<Designee> Designees() {
  const std::string text = LabelData("drug_trafficking_designees_xbt.csv");
  CsvReader reader(text);
  std::vector<std::string> fields;
  EXPECT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
  std::map<std::string, Designee> by_uid;
  while (reader.Next(&fields) == CsvReader::Result::kRecord) {
    Designee& designee = by_uid[fields[2]];
    designee.uid = fields[2];
    designee.name = fields[1];
    designee.program = fields[3];
    designee.addresses.push_back(fields[0]);
  }
  std::vector<Designee> designees;
  designees.reserve(by_uid.size());
  for (auto& [uid, designee] : by_uid) designees.push_back(std::move(designee));
  return designees;
}

std::size_t AddressesOf(const std::vector<Designee>& designees) {
  std::size_t count = 0;
  for (const Designee& designee : designees) count += designee.addresses.size();
  return count;
}

std::string SdnXml(const std::vector<Designee>& designees) {
  std::string xml =
      "<?xml version=\"1.0\" standalone=\"yes\"?>\n"
      "<sdnList xmlns=\"https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/"
      "XML\">\n  <publshInformation>\n    <Publish_Date>10/03/2023</Publish_Date>\n"
      "    <Record_Count>3</Record_Count>\n  </publshInformation>\n";
  for (const Designee& designee : designees) {
    absl::StrAppend(&xml, "  <sdnEntry>\n    <uid>", designee.uid, "</uid>\n    <lastName>",
                    Xml(designee.name), "</lastName>\n    <sdnType>Individual</sdnType>\n",
                    "    <programList>\n      <program>", designee.program,
                    "</program>\n    </programList>\n    <idList>\n",
                    "      <id>\n        <uid>1</uid>\n        <idType>Passport</idType>\n"
                    "        <idNumber>none of our business</idNumber>\n      </id>\n");
    for (const std::string& address : designee.addresses) {
      absl::StrAppend(&xml, "      <id>\n        <uid>2</uid>\n",
                      "        <idType>Digital Currency Address - XBT</idType>\n",
                      "        <idNumber>", address, "</idNumber>\n      </id>\n");
    }
    xml +=
        "    </idList>\n    <akaList><aka><uid>3</uid><lastName>ALSO KNOWN</lastName></aka>"
        "</akaList>\n  </sdnEntry>\n";
  }
  return xml + "</sdnList>\n";
}

std::string SdnAdvancedXml(const std::vector<Designee>& designees) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Sanctions xmlns=\""
      "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML\">\n"
      "  <ReferenceValueSets><FeatureTypeValues>\n"
      "    <FeatureType ID=\"8\" FeatureTypeGroupID=\"1\">Birthdate</FeatureType>\n"
      "    <FeatureType ID=\"344\" FeatureTypeGroupID=\"1\">Digital Currency Address - XBT"
      "</FeatureType>\n  </FeatureTypeValues></ReferenceValueSets>\n  <DistinctParties>\n";
  for (const Designee& designee : designees) {
    absl::StrAppend(
        &xml, "  <DistinctParty FixedRef=\"", designee.uid, "\"><Profile ID=\"", designee.uid,
        "\" PartySubTypeID=\"4\"><Identity ID=\"1\" Primary=\"true\">\n",
        "    <Alias FixedRef=\"1\" AliasTypeID=\"1403\" Primary=\"true\" LowQuality=\"false\">",
        "<DocumentedName ID=\"1\"><DocumentedNamePart><NamePartValue NamePartGroupID=\"1\">",
        Xml(designee.name), "</NamePartValue></DocumentedNamePart></DocumentedName></Alias>\n",
        "    <Alias FixedRef=\"1\" Primary=\"false\"><DocumentedName ID=\"2\"><DocumentedNamePart>",
        "<NamePartValue>ALSO KNOWN</NamePartValue></DocumentedNamePart></DocumentedName></Alias>\n",
        "    </Identity>\n    <Feature ID=\"1\" FeatureTypeID=\"8\"><FeatureVersion "
        "ReliabilityID=\"1\"><DatePeriod/><VersionDetail>a date</VersionDetail></FeatureVersion>"
        "</Feature>\n");
    for (const std::string& address : designee.addresses) {
      absl::StrAppend(&xml,
                      "    <Feature ID=\"2\" FeatureTypeID=\"344\"><FeatureVersion ID=\"3\" "
                      "ReliabilityID=\"1560\"><VersionDetail DetailTypeID=\"1432\">",
                      address,
                      "</VersionDetail></FeatureVersion><IdentityReference IdentityID=\"1\"/>"
                      "</Feature>\n");
    }
    xml += "  </Profile></DistinctParty>\n";
  }
  return xml + "  </DistinctParties>\n</Sanctions>\n";
}

SdnCsvFiles SdnCsv(const std::vector<Designee>& designees, std::size_t most) {
  SdnCsvFiles files;
  for (const Designee& designee : designees) {
    const std::string remarks = Remarks(designee);
    absl::StrAppend(&files.sdn, designee.uid, ",\"", designee.name, "\",\"individual\",\"",
                    designee.program, "\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"",
                    remarks.substr(0, most), "\"\r\n");
    if (remarks.size() > most) {
      absl::StrAppend(&files.comments, designee.uid, ",\"", remarks.substr(most), "\"\r\n");
    }
  }
  files.sdn += "\x1a";
  return files;
}

std::string AddressNumber(std::uint32_t number) {
  std::vector<std::uint8_t> script(25);
  script[0] = 0x76;
  script[1] = 0xa9;
  script[2] = 20;
  StoreLe(script.data() + 3, number);
  script[23] = 0x88;
  script[24] = 0xac;
  return *bitcoin::AddressOfScript(script, Network::kBitcoin);
}

LabelList ListOf(const std::string& list, const std::vector<std::string>& addresses,
                 const std::vector<std::string>& names) {
  LabelList result;
  result.list = list;
  for (const std::string& text : addresses) {
    const absl::StatusOr<LabelAddress> address = ParseLabelAddress(text, std::nullopt);
    EXPECT_TRUE(address.ok()) << address.status();
    for (const std::string& name : names) {
      Label label;
      label.network = address->network;
      label.address = address->bytes;
      label.name = name;
      result.labels.push_back(std::move(label));
    }
  }
  return result;
}

}  // namespace coinwake
