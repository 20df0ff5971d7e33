// What one screening finds out of an index: who paid the subject, and was paid by it.
//
// Direct payments are looked up: each transaction of the subject is read once. On a chain with
// outputs the units of its inputs and outputs are laid side by side in order, the fee last (fifo,
// as the default of traces), so that what is direct and what a trace then finds behind it add up.
// On a chain with accounts each transfer is one. What the subject paid itself counts nowhere, and
// neither do fees.
//
// Indirect exposure is a trace by fifo that ends where direct payments would: at services, and at
// whom a rule names. It is bounded, and says where that was felt.
#ifndef COINWAKE_SERVER_SCREENING_FACTS_H_
#define COINWAKE_SERVER_SCREENING_FACTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "indexer/view/view.h"
#include "screening/screening.h"
#include "server/screening_parties.h"

namespace coinwake::server {

// What is read of one subject; the same for commands and the server, so that both say the same.
inline constexpr std::size_t kMaxScreenOutputs = 10'000;         // the first that it received
inline constexpr std::uint64_t kMaxScreenRows = 200'000;         // inputs and outputs, or events
inline constexpr std::uint64_t kMaxScreenTransactions = 20'000;  // of one trace; events likewise
inline constexpr std::size_t kMaxScreenAssets = 100;
inline constexpr std::size_t kMaxScreenEvidenceTransactions = 20;  // of one contact

enum class ScreeningKind : std::uint8_t { kAddress, kTransaction, kOutput };

// What is screened, where the snapshot has it.
struct ScreeningSubject {
  ScreeningKind kind = ScreeningKind::kAddress;
  std::optional<AddressNum> address;  // of kAddress
  std::optional<TxNum> tx;            // of the others
  std::optional<OutputNum> output;    // of kOutput
};

class ScreeningFindings {
 public:
  struct Detail {
    std::vector<TxNum> transactions;  // of direct payments, ascending, the first ones
    std::uint64_t transactions_count = 0;
    std::optional<std::uint32_t> min_hops;
  };

  ScreenFacts facts;
  std::vector<Detail> details;    // by ScreenFacts::contacts
  std::vector<std::string> cuts;  // what was not read, a line each

  // The number of an asset; a new one is appended.
  std::uint32_t AssetNumberOf(const std::string& name);
  void AddTotal(ScreenSide side, std::uint32_t asset, const AmountSum& amount);
  // REQUIRES of one who, side and asset: transactions do not descend.
  void AddDirect(std::uint32_t who, ScreenSide side, std::uint32_t asset, const AmountSum& amount,
                 TxNum tx);
  // `hops` nullopt: not counted.
  void AddIndirect(std::uint32_t who, ScreenSide side, std::uint32_t asset, const AmountSum& amount,
                   std::optional<std::uint32_t> hops);
  // What was added as direct so far.
  AmountSum DirectOf(std::uint32_t who, ScreenSide side, std::uint32_t asset) const;

 private:
  std::size_t ContactOf(std::uint32_t who, ScreenSide side, std::uint32_t asset);

  std::map<std::tuple<std::uint32_t, ScreenSide, std::uint32_t>, std::size_t> contacts_;
};

// Whether a rule asks for indirect exposure on the side.
bool AsksIndirect(const RuleSet& rules, ScreenSide side);
// The assets that rules about payments take, sorted; nullopt: any.
std::optional<std::vector<std::string>> AssetsOfRules(const RuleSet& rules);

// Adds what the index shows of `subject`, but for what is said of itself. Errors: kDataLoss,
// kCancelled; of accounts also kInvalidArgument and kNotFound for the asset asked for.
// `cancellation` may be null.
absl::Status GatherFacts(const View& view, const PreparedScreening& screening,
                         const ScreeningSubject& subject, ScreeningParties& parties,
                         const Cancellation* cancellation, ScreeningFindings* findings);
absl::Status GatherFacts(const AccountView& view, const PreparedScreening& screening,
                         const ScreeningSubject& subject, ScreeningParties& parties,
                         const Cancellation* cancellation, ScreeningFindings* findings);

// The transactions of a shortest way from whoever stands at `other` to the subject, or on the
// destination's side back, of `max_hops` at most, through nobody else that ends one. Empty: there
// is none, too much lies around, or the subject is a transaction. Errors: kDataLoss, kCancelled.
absl::StatusOr<std::vector<TxNum>> RouteBetween(const View& view,
                                                const PreparedScreening& screening,
                                                const ScreeningSubject& subject, AddressNum other,
                                                ScreenSide side, ScreeningParties& parties,
                                                const Cancellation* cancellation);
// The same in one asset, which the view has.
absl::StatusOr<std::vector<TxNum>> RouteBetween(const AccountView& view,
                                                const PreparedScreening& screening,
                                                const ScreeningSubject& subject, AddressNum other,
                                                ScreenSide side, const std::string& asset,
                                                ScreeningParties& parties,
                                                const Cancellation* cancellation);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SCREENING_FACTS_H_
