// Goal: every label has a folder of its own that any file system takes. Method: hostile labels.
#include "reports/folder_name.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

namespace coinwake {
namespace {

TEST(FolderName, IsThePlainLabelItself) {
  for (const char* const label : {"1AbHNFdKJeVL8FRZyRZoiTzG9VCmzLrtvm", "blue-heron", "A.b_c-9"}) {
    EXPECT_EQ(FolderNameOf(label), label);
  }
}

TEST(FolderName, TellsLabelsApartThatLookAlike) {
  EXPECT_EQ(FolderNameOf("Blue Heron Reagent Works").substr(0, 25), "Blue-Heron-Reagent-Works-");
  std::set<std::string> names;
  const std::string labels[] = {"A B",
                                "A/B",
                                "A-B",
                                "A  B",
                                "A\nB",
                                "蓝鹭",
                                "鹭",
                                "",
                                ".",
                                "..",
                                "con",
                                "CON",
                                "nul.txt",
                                "com1",
                                "/etc/passwd",
                                "-rf",
                                "~",
                                "a.",
                                std::string("a\0b", 3),
                                std::string(300, 'x'),
                                std::string(301, 'x'),
                                FolderNameOf("A B")};
  for (const std::string& label : labels) {
    const std::string name = FolderNameOf(label);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_LE(name.size(), 80U);
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(name.front())) != 0) << name;
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(name.back())) != 0) << name;
    for (const char c : name) {
      EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.') << name;
    }
  }
  EXPECT_TRUE(FolderNameOf("蓝鹭").starts_with("seller-"));
  EXPECT_TRUE(FolderNameOf("con").starts_with("con-"));
}

}  // namespace
}  // namespace coinwake
