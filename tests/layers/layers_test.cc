// Goal: the layers of docs/design/layers.txt hold in this tree, and the checker would notice if
// not. Method: run the checker over the repository; then over small trees written to a temporary
// folder, each with one fault, and look for exactly that complaint.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/layers/layer_checker.h"

namespace coinwake::layers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kSampleTable[] =
    "layer low\n"
    "layer low/part low\n"
    "layer middle low  # a comment\n"
    "layer top *\n"
    "layer tests * tests\n"
    "header absl/ *\n"
    "header absl/secret/ top/\n"
    "token std::mutex low/sync.h\n";

class SampleTree : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ =
        std::filesystem::path(::testing::TempDir()) /
        (std::string("layers-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(root_);
    Header("low/a.h");
    Header("middle/b.h", "#include \"low/a.h\"\n#include <vector>\n#include \"absl/x.h\"\n");
    Write("middle/b.cc", "#include \"middle/b.h\"\n");
    Write("top/c.cc", "#include \"middle/b.h\"\n#include \"absl/secret/y.h\"\n");
    Write("tests/d.cc", "#include \"low/a.h\"\n");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void Header(const std::string& path, const std::string& body = "") {
    const std::string guard = GuardOf(path);
    Write(path,
          "#ifndef " + guard + "\n#define " + guard + "\n" + body + "#endif  // " + guard + "\n");
  }
  std::vector<std::string> Check() {
    std::vector<std::string> problems;
    const LayerTable table = ParseLayerTable(kSampleTable, &problems);
    EXPECT_THAT(problems, IsEmpty());
    return CheckTree(root_.string(), table);
  }

  std::filesystem::path root_;
};

TEST(Layers, HoldInThisTree) {
  const std::string root = COINWAKE_SOURCE_DIR;
  std::ifstream file(root + "/docs/design/layers.txt");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<std::string> problems;
  const LayerTable table = ParseLayerTable(text, &problems);
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_GE(table.layers.size(), 10U);
  std::string listing;
  for (const std::string& problem : CheckTree(root, table)) listing += problem + "\n";
  EXPECT_EQ(listing, "");
}

TEST_F(SampleTree, PassesWhenItObeys) { EXPECT_THAT(Check(), IsEmpty()); }

TEST_F(SampleTree, FailsWhenALowerLayerIncludesAHigherOne) {
  Write("low/bad.cc", "\n#include \"middle/b.h\"\n");
  EXPECT_THAT(Check(), ElementsAre("low/bad.cc:1: folders in a circle: low includes middle",
                                   "low/bad.cc:2: low may not include middle/b.h",
                                   "middle/b.h:1: folders in a circle: middle includes low"));
}

TEST_F(SampleTree, FailsWhenFoldersIncludeEachOtherInACircle) {
  Header("low/part/p.h", "#include \"low/a.h\"\n");
  Header("low/a.h", "#include \"low/part/p.h\"\n");
  std::vector<std::string> problems;
  const LayerTable table = ParseLayerTable(
      "layer low low/part\nlayer low/part low\nlayer middle *\n"
      "layer top *\nlayer tests *\nheader absl/ *\n",
      &problems);
  EXPECT_THAT(CheckTree(root_.string(), table),
              ElementsAre("low/a.h:1: folders in a circle: low includes low/part",
                          "low/part/p.h:1: folders in a circle: low/part includes low"));
}

TEST_F(SampleTree, FailsWhenTheProductIncludesATest) {
  Header("tests/e.h");
  Write("top/bad.cc", "#include \"tests/e.h\"\n");
  EXPECT_THAT(Check(), ElementsAre("top/bad.cc:1: top may not include tests/e.h"));
}

TEST_F(SampleTree, FailsOnThirdPartyHeadersOutsideTheirDoor) {
  Write("middle/bad.cc", "#include \"absl/secret/y.h\"\n#include <strange/z.h>\n");
  EXPECT_THAT(
      Check(),
      ElementsAre("middle/bad.cc:1: absl/secret/y.h may not be included here",
                  "middle/bad.cc:2: includes strange/z.h, which is neither ours nor in the table"));
}

TEST_F(SampleTree, FailsOnAHeaderThatIsNotThere) {
  Write("top/bad.cc", "#include \"low/gone.h\"\n");
  EXPECT_THAT(Check(), ElementsAre("top/bad.cc:1: includes low/gone.h, which is not there"));
}

TEST_F(SampleTree, FailsOnAFolderWithoutALayer) {
  Write("other/e.cc", "int x;\n");
  EXPECT_THAT(Check(), ElementsAre("other/e.cc:1: its folder has no layer in the table"));
}

TEST_F(SampleTree, FailsOnAWrongGuard) {
  Write("low/bad.h", "#pragma once\n");
  EXPECT_THAT(Check(), ElementsAre("low/bad.h:1: the header guard has to be COINWAKE_LOW_BAD_H_"));
}

TEST_F(SampleTree, FailsOnAFileThatIsTooLong) {
  Write("low/long.cc", std::string(kMostLines, '\n'));
  EXPECT_THAT(Check(), IsEmpty());
  Write("low/long.cc", std::string(kMostLines + 1, '\n'));
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("low/long.cc:601: has 601 lines")));
}

TEST_F(SampleTree, FailsOnAForbiddenWordInCodeOnly) {
  Write("low/bad.cc",
        "// std::mutex\nconst char* x = \"std::mutex\";\nint n = 1'000; /* std::mutex\n*/\n"
        "my::std::mutex a;\nstd::mutexes b;\nstd::mutex c;\n");
  EXPECT_THAT(Check(), ElementsAre("low/bad.cc:7: std::mutex may not be used here"));
  Header("low/sync.h", "std::mutex fine;\n");
  Write("low/bad.cc", "");
  EXPECT_THAT(Check(), IsEmpty());
}

TEST(LayerTable, NamesLinesItDoesNotUnderstand) {
  std::vector<std::string> problems;
  ParseLayerTable("layer a\nlayers b\nheader c\n", &problems);
  EXPECT_THAT(problems, ElementsAre(HasSubstr("layers.txt:2:"), HasSubstr("layers.txt:3:")));
}

TEST(BlankCommentsAndLiterals, KeepsCodeAndLines) {
  EXPECT_EQ(BlankCommentsAndLiterals("a /* b\nc */ d // e\nf"), "a     \n     d     \nf");
  EXPECT_EQ(BlankCommentsAndLiterals("x(\"a\\\"b\", 'c', 1'000'000)"),
            "x(\"    \", ' ', 1'000'000)");
  EXPECT_EQ(BlankCommentsAndLiterals("R\"(a \" b)\" c"), "           c");
}

}  // namespace
}  // namespace coinwake::layers
