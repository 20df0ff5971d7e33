// Goal: whoever has files of blocks sees what is in them without an index, and what is wrong.
// Method: runs the program on one raw block of the main chain, whole and damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "coinwake/v1/chain.pb.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kRawBlock170[] =
    COINWAKE_TEST_DATA "/bitcoin/blocks/mainnet/0000170_ce2f8dd4a2ee.blk.bin";
constexpr char kFirstPaymentTxid[] =
    "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Decode, ShowsARawBlockOfTheNetworkNamed) {
  const auto blocks =
      Ask<v1::Block>("unused", {"decode", "bitcoin", kRawBlock170, "--network", "bitcoin"});
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].block_hash(),
            "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee");
  ASSERT_EQ(blocks[0].transactions_size(), 2);
  EXPECT_EQ(blocks[0].transactions(1).txid(), kFirstPaymentTxid);
  EXPECT_FALSE(blocks[0].transactions(1).inputs(0).has_value());
  EXPECT_FALSE(blocks[0].transactions(1).inputs(0).resolved());
  // Its bytes do not say which network it is of.
  ExpectError(RunProgram(ProgramUnderTest(), {"decode", "bitcoin", kRawBlock170}), 2, "--network");
  ExpectError(RunProgram(ProgramUnderTest(),
                         {"decode", "bitcoin", COINWAKE_TEST_DATA "/regtest/ORIGIN.md"}),
              1, "ORIGIN.md");
}

TEST(Decode, WarnsOfARawBlockWithoutProofOfWork) {
  std::string bytes = ReadFile(kRawBlock170);
  const std::string path = FileOf("no_work.bin", bytes.replace(76, 4, 4, '\0'));  // the nonce
  const ProgramResult result =
      RunProgram(ProgramUnderTest(), {"decode", "bitcoin", path, "--network", "bitcoin", "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(result.lines().size(), 1u);
  EXPECT_THAT(result.err, HasSubstr("proof of work"));
  EXPECT_THAT(
      RunProgram(ProgramUnderTest(), {"decode", "bitcoin", kRawBlock170, "--network", "bitcoin"})
          .err,
      IsEmpty());
}

TEST(Decode, SaysWhatOfAFileIsNoBlock) {
  const std::string block = ReadFile(kRawBlock170);
  const std::uint32_t size = static_cast<std::uint32_t>(block.size());
  std::string record = "\xf9\xbe\xb4\xd9";
  for (int shift = 0; shift < 32; shift += 8) record += static_cast<char>(size >> shift & 0xff);
  record += block;
  const auto decode = [](const std::string& path) {
    return RunProgram(ProgramUnderTest(), {"decode", "bitcoin", path, "--json"});
  };
  const ProgramResult padded = decode(FileOf("padded.dat", record + std::string(1000, '\0')));
  EXPECT_EQ(padded.exit_status, 0) << padded.err;
  EXPECT_EQ(padded.lines().size(), 1u);
  EXPECT_THAT(padded.err, IsEmpty());

  const ProgramResult torn = decode(FileOf("torn.dat", record + record.substr(0, 200)));
  EXPECT_EQ(torn.exit_status, 1);
  EXPECT_EQ(torn.lines().size(), 1u);
  EXPECT_THAT(torn.err, AllOf(HasSubstr(" bytes of records cut short"),
                              HasSubstr("coinwake: error: 1 of 1 files")));

  const ProgramResult junk = decode(FileOf("junk.dat", record + std::string(50, 'x') + record));
  EXPECT_EQ(junk.exit_status, 1);
  EXPECT_EQ(junk.lines().size(), 2u);
  EXPECT_THAT(junk.err, HasSubstr("junk.dat: 50 bytes between records are no block"));
}

}  // namespace
}  // namespace coinwake
