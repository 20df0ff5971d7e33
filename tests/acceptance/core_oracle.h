// Bitcoin Core's own decoding of the sample chains, and comparison of answers with it.
#ifndef COINWAKE_TESTS_ACCEPTANCE_CORE_ORACLE_H_
#define COINWAKE_TESTS_ACCEPTANCE_CORE_ORACLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"

namespace coinwake::acceptance {

using Json = nlohmann::json;

// Satoshi of an amount as Core prints it (bitcoins with up to 8 decimals).
std::uint64_t Satoshi(const Json& amount);
std::uint64_t NumberOf(const Json& text);  // of a 64-bit integer, which JSON answers print as text

// The chain of a `getblock HASH 3` listing, one block a line, as facts to compare with.
class CoreChain {
 public:
  // The lines of `path` (or path.gz) with `confirmations` above 0, by height from 0; the others are
  // stale blocks.
  explicit CoreChain(const std::string& path);

  const std::vector<Json>& blocks() const { return blocks_; }
  const std::vector<Json>& stale() const { return stale_; }

  struct Outpoint {
    std::string txid;
    std::uint64_t vout = 0;
    friend auto operator<=>(const Outpoint&, const Outpoint&) = default;
  };
  struct Spend {
    std::string txid;
    std::uint64_t input = 0;
    std::uint64_t height = 0;
  };
  const std::map<Outpoint, Spend>& spends() const { return spends_; }

  // What an address (a script, by its hex) went through, from the listing alone.
  struct Sums {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    std::uint64_t transactions = 0;
    std::uint64_t first_height = 0;
    std::uint64_t last_height = 0;
    std::string name;  // address, or script:HEX
    std::string type;
  };
  const std::map<std::string, Sums>& sums() const { return sums_; }

  struct Unspent {
    std::string script;  // hex
    std::uint64_t value = 0;
    std::uint64_t height = 0;
    friend auto operator<=>(const Unspent&, const Unspent&) = default;
  };
  // As gettxoutsetinfo counts: nothing of genesis, nothing provably unspendable.
  const std::map<Outpoint, Unspent>& unspent() const { return unspent_; }

 private:
  void AddTransaction(const Json& transaction, std::uint64_t height);

  std::vector<Json> blocks_;
  std::vector<Json> stale_;
  std::map<Outpoint, Spend> spends_;
  std::map<Outpoint, Unspent> unspent_;
  std::map<std::string, Sums> sums_;
};

// Compares one `block` answer with Core's, transaction by transaction. Outputs' spenders come from
// `chain`, except those above its blocks. Inputs that spend below `from_height` have to be
// unresolved unless `foreign_known`.
void ExpectBlock(const Json& answer, const Json& oracle, const CoreChain& chain,
                 std::uint64_t from_height = 0, bool foreign_known = true);

}  // namespace coinwake::acceptance

#endif  // COINWAKE_TESTS_ACCEPTANCE_CORE_ORACLE_H_
