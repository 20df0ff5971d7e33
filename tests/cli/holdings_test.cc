// Goal: whoever asks for few outputs of a trace gets the largest, and is told what is left out.
// Method: runs the program over the regtest chain, with and without --max-holdings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/trace.pb.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;

TEST(TraceHoldings, AreAsManyAsAreAskedFor) {
  const std::string seed = absl::StrCat(kPeelHop0, ":0");
  std::vector<std::string> arguments = {"trace", "--seed-output", seed};
  const auto all = Ask<v1::TraceEvent>(RegtestData(), arguments);
  arguments.insert(arguments.end(), {"--max-holdings", "1"});
  const auto events = Ask<v1::TraceEvent>(RegtestData(), arguments);
  const std::uint64_t found = all.back().summary().holdings();
  ASSERT_GT(found, 1u);
  EXPECT_EQ(events.size(), all.size() - (found - 1));
  EXPECT_EQ(events.back().summary().holdings(), found);
  EXPECT_EQ(events.back().summary().cut_holdings(), found - 1);
  EXPECT_EQ(events.back().summary().unspent(), all.back().summary().unspent());
  EXPECT_THAT(On(RegtestData(), arguments).out, HasSubstr("none of them larger"));
}

}  // namespace
}  // namespace coinwake
