// Goal: the system's files and pipes are read to their end, and what a path leads to is told
// without waiting. Method: real files and pipes of sizes around the steps of reading; then every
// operation failing in turn.
#include "indexer/base/file_system.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

std::vector<std::uint8_t> Pattern(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return bytes;
}

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/file_system_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static void Write(const std::string& path, const std::vector<std::uint8_t>& bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

  std::string folder_;
};

TEST_F(Files, ReadWholeTakesFilesAndPipesUpToTheLimit) {
  constexpr std::uint64_t kLimit = 300'000;
  const std::string file = folder_ + "/file";
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::size_t size : {0, 1, 65'535, 65'536, 65'537, 131'072, 300'000}) {
    SCOPED_TRACE(size);
    const std::vector<std::uint8_t> bytes = Pattern(size);
    Write(file, bytes);
    EXPECT_THAT(ReadWhole(RealFileSystem(), file, kLimit), IsOkAndHolds(bytes));
    std::thread writer([&] { Write(pipe, bytes); });
    EXPECT_THAT(ReadWhole(RealFileSystem(), pipe, kLimit), IsOkAndHolds(bytes));
    writer.join();
  }
  Write(file, Pattern(kLimit + 1));
  const auto large = ReadWhole(RealFileSystem(), file, kLimit);
  EXPECT_THAT(large, StatusIs(absl::StatusCode::kResourceExhausted, ::testing::HasSubstr(file)));
  EXPECT_THAT(ReadWhole(RealFileSystem(), "/dev/zero", kLimit),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ReadWhole(RealFileSystem(), folder_ + "/missing", kLimit),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ReadWhole(RealFileSystem(), folder_, kLimit),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(Files, APipeIsReadInOrderAndHasNoSize) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "abcdef", 6), 6);
  ::close(ends[1]);
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<File> file,
      RealFileSystem().Open("/dev/fd/" + std::to_string(ends[0]), OpenMode::kRead));
  std::vector<std::uint8_t> bytes(4);
  EXPECT_THAT(file->ReadAt(1, bytes), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(file->ReadAt(0, bytes), IsOkAndHolds(4u));
  EXPECT_EQ(bytes, (std::vector<std::uint8_t>{'a', 'b', 'c', 'd'}));
  EXPECT_THAT(file->ReadAt(0, bytes), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(file->ReadAt(4, bytes), IsOkAndHolds(2u));
  EXPECT_THAT(file->Size(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(file->WriteAt(0, bytes), StatusIs(absl::StatusCode::kUnavailable));
  ::close(ends[0]);
}

TEST_F(Files, KindOfFollowsLinksAndWaitsForNobody) {
  Write(folder_ + "/file", {});
  ASSERT_EQ(::mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  for (const char* name : {"file", "pipe", "missing"}) {
    std::filesystem::create_symlink(name, folder_ + "/to_" + name);
  }
  FileSystem& files = RealFileSystem();
  EXPECT_THAT(files.KindOf(folder_), IsOkAndHolds(PathKind::kFolder));
  for (const char* prefix : {"/", "/to_"}) {
    EXPECT_THAT(files.KindOf(folder_ + prefix + "file"), IsOkAndHolds(PathKind::kFile));
    EXPECT_THAT(files.KindOf(folder_ + prefix + "pipe"), IsOkAndHolds(PathKind::kOther));
    EXPECT_THAT(files.KindOf(folder_ + prefix + "missing"), StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_THAT(files.KindOf("/dev/null"), IsOkAndHolds(PathKind::kOther));
}

TEST_F(Files, CanonicalPathIsOneForAllNames) {
  Write(folder_ + "/file", {});
  std::filesystem::create_symlink(folder_, folder_ + "/link");
  FileSystem& files = RealFileSystem();
  ASSERT_OK_AND_ASSIGN(const std::string path, files.CanonicalPath(folder_ + "/file"));
  for (const char* name : {"//file", "/./file", "/link/file"}) {
    EXPECT_THAT(files.CanonicalPath(folder_ + name), IsOkAndHolds(path)) << name;
  }
  EXPECT_THAT(files.CanonicalPath(folder_ + "/missing"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(ReadWhole, PassesOnEveryFailure) {
  FaultFileSystem files;
  files.SetContents("/folder/file", std::string(200'000, 'x'));
  EXPECT_THAT(files.KindOf("/folder"), IsOkAndHolds(PathKind::kFolder));
  EXPECT_THAT(files.KindOf("/folder/file"), IsOkAndHolds(PathKind::kFile));
  for (std::uint64_t index = 0;; ++index) {
    files.FailAt(index, /*lasting=*/false);
    const auto bytes = ReadWhole(files, "/folder/file", 1 << 20);
    if (!files.fired()) {
      EXPECT_EQ(bytes->size(), 200'000u);
      EXPECT_GT(index, 2u);
      return;
    }
    EXPECT_THAT(bytes, StatusIs(absl::StatusCode::kUnavailable));
  }
}

}  // namespace
}  // namespace coinwake
