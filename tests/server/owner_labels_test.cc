// Goal: labels name owners of addresses where they speak for clusters, are sure and name an actor;
// what they say is known at once, and gone once it is removed. Method: a small chain and a list of
// one label of each kind.
#include "server/owner_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::IsEmpty;

Label LabelOf(const std::string& of, const std::string& actor, std::uint16_t confidence,
              std::optional<LabelClass> label_class = LabelClass::kService) {
  const std::vector<std::uint8_t> script = ScriptOfName(of);
  Label label;
  label.network = Network::kBitcoinRegtest;
  label.address.assign(script.begin(), script.end());
  label.name = "what " + of + " is";
  label.actor = actor;
  label.confidence_permille = confidence;
  label.label_class = label_class;
  return label;
}

TEST(OwnerLabels, AreThoseThatSpeakForClustersAndNameAnActor) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}, {"f", 1}}}});
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, "/data"));
  EXPECT_THAT(OwnersByLabels(*index.view, nullptr), IsOkAndHolds(IsEmpty()));

  ASSERT_OK_AND_ASSIGN(const auto labels,
                       LabelStore::Open(files, "/labels", LabelStore::Mode::kWrite));
  LabelImport import;
  import.list.list = "list";
  import.list.labels = {
      LabelOf("a", "one", 500),         LabelOf("b", "two", 900),
      LabelOf("c", "one", 700),         LabelOf("d", "", 900),
      LabelOf("e", "two", 490),         LabelOf("f", "two", 900, LabelClass::kSeller),
      LabelOf("never seen", "one", 900)};
  import.time = 1;
  ASSERT_OK(labels->Import(import).status());
  ASSERT_OK_AND_ASSIGN(const KnownOwners owners, OwnersByLabels(*index.view, labels.get()));
  std::map<AddressNum, std::uint64_t> owner_of;
  for (const KnownOwner& one : owners) owner_of[one.address] = one.owner;
  ASSERT_EQ(owners.size(), 3u);
  EXPECT_EQ(owner_of.at(chain.AddressOf("a")), owner_of.at(chain.AddressOf("c")));
  EXPECT_NE(owner_of.at(chain.AddressOf("a")), owner_of.at(chain.AddressOf("b")));
  EXPECT_LT(owners[0].address, owners[1].address);

  ASSERT_OK(labels->RemoveList("list", 2).status());
  EXPECT_THAT(OwnersByLabels(*index.view, labels.get()), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace coinwake::server
