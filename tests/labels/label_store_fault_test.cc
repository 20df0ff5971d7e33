// Goal: a failure or a power cut at any moment leaves the last whole revision, and importing again
// goes on from there.
// Method: every operation on files fails once, and for good; power is cut after it, keeping all,
// some or none of what was not synced; then the store is opened without faults and compared.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "labels/label_store.h"
#include "tests/labels/support.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

std::vector<std::string> Addresses(std::uint32_t begin, std::uint32_t end) {
  std::vector<std::string> addresses;
  for (std::uint32_t i = begin; i < end; ++i) addresses.push_back(AddressNumber(i));
  return addresses;
}

LabelImport Version(std::uint32_t number) {
  LabelImport import;
  import.list = ListOf("L", Addresses(10 * number, 10 * number + 20), {"x"});
  import.list.actors = {{ absl::StrCat("actor", number), "A", { "exchange" } }};
  import.time = number;
  return import;
}

// Imports versions until one fails; how many were acknowledged.
std::uint64_t ImportAll(FileSystem& files, std::uint32_t versions) {
  const auto store = LabelStore::Open(files, "/data", LabelStore::Mode::kWrite);
  if (!store.ok()) return 0;
  std::uint64_t done = (*store)->revisions().size();
  for (std::uint32_t version = static_cast<std::uint32_t>(done); version < versions; ++version) {
    if (!(*store)->Import(Version(version)).ok()) return done;
    ++done;
  }
  return done;
}

// What is said now, which must be one whole version.
std::vector<std::string> Said(const LabelStore& store) {
  std::vector<std::string> said;
  LabelQuery query;
  query.moment = store.Now();
  const auto cursor = store.Find(query);
  KnownLabel known;
  for (;;) {
    const auto found = cursor->Next(&known);
    EXPECT_TRUE(found.ok()) << found.status();
    if (!found.ok() || !*found) break;
    said.push_back(AddressText(known.label.network, known.label.address));
  }
  for (const Actor& actor : store.ActorsOf("L", store.Now().revision)) said.push_back(actor.id);
  return said;
}

constexpr std::uint32_t kVersions = 4;

void CheckAfter(FaultFileSystem& files, std::uint64_t acknowledged,
                const std::vector<std::string>& versions) {
  {
    auto store = LabelStore::Open(files, "/data", LabelStore::Mode::kWrite);
    ASSERT_OK(store);
    const std::uint64_t revisions = (*store)->revisions().size();
    EXPECT_GE(revisions, acknowledged);
    ASSERT_LE(revisions, kVersions);
    EXPECT_EQ((*store)->Version(), versions[revisions]);
    EXPECT_EQ(Said(**store).size(), revisions == 0 ? 0u : 21u);
    EXPECT_EQ((*store)->labels_count(), revisions == 0 ? 0u : 21u);
  }
  EXPECT_EQ(ImportAll(files, kVersions), kVersions);
  auto store = LabelStore::Open(files, "/data", LabelStore::Mode::kRead);
  ASSERT_OK(store);
  EXPECT_EQ((*store)->Version(), versions[kVersions]);
}

// The version after each number of imports.
std::vector<std::string> VersionsWithoutFaults() {
  std::vector<std::string> versions = {""};
  FaultFileSystem files;
  auto store = LabelStore::Open(files, "/data", LabelStore::Mode::kWrite);
  for (std::uint32_t version = 0; version < kVersions; ++version) {
    EXPECT_OK((*store)->Import(Version(version)));
    versions.push_back((*store)->Version());
  }
  return versions;
}

TEST(LabelStoreFaults, EveryOperationMayFailOnce) {
  const std::vector<std::string> versions = VersionsWithoutFaults();
  for (const bool lasting : {false, true}) {
    for (std::uint64_t index = 0;; ++index) {
      SCOPED_TRACE(absl::StrCat("operation ", index, lasting ? ", lasting" : ", once"));
      FaultFileSystem files;
      files.FailAt(index, lasting);
      const std::uint64_t acknowledged = ImportAll(files, kVersions);
      const bool fired = files.fired();
      files.StopFailing();
      CheckAfter(files, acknowledged, versions);
      if (!fired) break;
      ASSERT_FALSE(::testing::Test::HasFailure());
    }
  }
}

TEST(LabelStoreFaults, PowerMayBeCutAtEveryMoment) {
  const std::vector<std::string> versions = VersionsWithoutFaults();
  for (const auto power :
       {FaultFileSystem::Power::kDropUnsynced, FaultFileSystem::Power::kKeepUnsynced,
        FaultFileSystem::Power::kSeeded}) {
    for (std::uint64_t index = 0;; ++index) {
      SCOPED_TRACE(absl::StrCat("operation ", index, ", power ", static_cast<int>(power)));
      FaultFileSystem files;
      files.FailAt(index, /*lasting=*/true);
      const std::uint64_t acknowledged = ImportAll(files, kVersions);
      const bool fired = files.fired();
      files.PowerCut(power, index);
      CheckAfter(files, acknowledged, versions);
      if (!fired) break;
      ASSERT_FALSE(::testing::Test::HasFailure());
    }
  }
}

}  // namespace
}  // namespace coinwake
