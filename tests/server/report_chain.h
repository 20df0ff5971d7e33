// A small chain of outputs with sellers, for tests of reports.
//
// The heron gets 50, of which 20 go to the bank and 29 to a mule; the mule's 29 are spent with 40
// of somebody else, and of them 30 go to the shop, 10 to the bank and 28 to a rest; then the heron
// gets 7 and the crane 5. Fees are 1. Twelve others pay the shop, which pays it all to one.
#ifndef COINWAKE_TESTS_SERVER_REPORT_CHAIN_H_
#define COINWAKE_TESTS_SERVER_REPORT_CHAIN_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/check.h"
#include "labels/label.h"
#include "server/index_set.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"

namespace coinwake::server {

class ReportChain {
 public:
  // `more_blocks`: that follow, of nothing.
  explicit ReportChain(int more_blocks = 0) {
    SimpleTransaction mint{"mint", {}, {{"heron", 50}, {"other", 40}}};
    for (int i = 0; i < 12; ++i) {
      mint.outputs.push_back({"payer " + std::to_string(i), kCoin});
    }
    chain_.AddBlock({mint});
    chain_.AddBlock({{}, {"split", {Spend("mint", 0)}, {{"bank", 20}, {"mule", 29}}}});
    chain_.AddBlock({{},
                     {"join",
                      {Spend("split", 1), Spend("mint", 1)},
                      {{"shop", 30}, {"bank", 10}, {"rest", 28}}}});
    chain_.AddBlock({{"more", {}, {{"heron", 7}, {"crane", 5}}}});
    SimpleTransaction supply{"supply", {}, {{"supplier", 12 * kCoin}}};
    for (std::uint32_t i = 0; i < 12; ++i) {
      const std::string pay = "pay " + std::to_string(i);
      chain_.AddBlock({{}, {pay, {Spend("mint", 2 + i)}, {{"shop", kCoin}}}});
      supply.inputs.push_back(Spend(pay, 0));
    }
    chain_.AddBlock({{}, supply});
    for (int i = 0; i < more_blocks; ++i) chain_.AddBlock({{}});
  }

  IndexBuilder& builder() { return chain_; }

  // Its index, once; this outlives it.
  std::unique_ptr<OpenNetwork> Open() {
    absl::StatusOr<OpenIndex> index = chain_.Build(files_, "/data");
    COINWAKE_CHECK(index.ok());
    return std::make_unique<OpenNetwork>(*std::move(index), 1, nullptr);
  }

  static std::string NameOf(const std::string& who) {
    const std::vector<std::uint8_t> script = ScriptOfName(who);
    return AddressText(Network::kBitcoinRegtest, std::string(script.begin(), script.end()));
  }

  // Each seller is an address, under its own name; the bank is known.
  static v1::ReportRequest RequestOf(const std::vector<std::string>& sellers) {
    v1::ReportRequest request;
    for (const std::string& seller : sellers) {
      v1::TraceSeed* const seed = request.add_seeds();
      seed->set_address(NameOf(seller));
      seed->set_label(seller);
    }
    v1::TraceStop* const stop = request.add_stops();
    stop->set_address(NameOf("bank"));
    stop->set_entity("Bank");
    return request;
  }

 private:
  FaultFileSystem files_;
  IndexBuilder chain_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_TESTS_SERVER_REPORT_CHAIN_H_
