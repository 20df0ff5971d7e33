#include "server/hint_side.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/hints.pb.h"
#include "indexer/base/amount.h"
#include "indexer/tron/address.h"
#include "indexer/tron/known_addresses.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/convert.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

constexpr std::string_view kTrx = "TRX";
constexpr int kBitcoinDecimals = 8;
constexpr int kTrxDecimals = 6;
constexpr int kTetherDecimals = 6;

Chain ChainOfAsset(std::string_view asset) {
  return asset == kBitcoinAsset ? Chain::kBitcoin : Chain::kTron;
}

std::string_view ChainName(Chain chain) { return chain == Chain::kBitcoin ? "Bitcoin" : "Tron"; }

}  // namespace

absl::StatusOr<OpenNetwork*> ChooseForAsset(const IndexSet& indexes, std::string_view asset,
                                            std::string_view asked) {
  const Chain chain = ChainOfAsset(asset);
  if (!asked.empty()) {
    COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const open, indexes.Choose(asked, {}));
    if (ChainOf(open->snapshot().network) == chain) return open;
    return absl::InvalidArgumentError(
        absl::StrCat("there is no ", Excerpt(asset), " on ", std::string(asked)));
  }
  OpenNetwork* found = nullptr;
  for (const std::unique_ptr<OpenNetwork>& open : indexes.networks()) {
    if (ChainOf(open->snapshot().network) != chain) continue;
    if (found != nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("several networks are indexed that may have ", Excerpt(asset),
                       "; name one: ", std::string(NetworkName(found->snapshot().network)), ", ",
                       std::string(NetworkName(open->snapshot().network)), ", ..."));
    }
    found = open.get();
  }
  if (found != nullptr) return found;
  return absl::NotFoundError(absl::StrCat("no network of ", std::string(ChainName(chain)),
                                          " is indexed here, where ", Excerpt(asset),
                                          " moves; a hint needs both sides"));
}

absl::StatusOr<std::unique_ptr<HintSide>> HintSide::Make(OpenNetwork& open,
                                                         std::string_view asset) {
  std::unique_ptr<HintSide> side(new HintSide(open));
  if (open.has_accounts()) {
    const AccountView& view = open.accounts();
    COINWAKE_ASSIGN_OR_RETURN(const AssetNum number, FindAssetToFollow(view, asset));
    side->asset_ = AssetText(view, number);
    side->source_ = std::make_unique<AccountMovements>(view, number);
    return side;
  }
  COINWAKE_ASSIGN_OR_RETURN(FactsReader facts, FactsReader::Make(open.view()));
  side->asset_ = kBitcoinAsset;
  side->facts_.emplace(std::move(facts));
  side->source_ = std::make_unique<OutputMovements>(*side->facts_);
  return side;
}

const ChainView& HintSide::view() const {
  return open_.has_accounts() ? static_cast<const ChainView&>(open_.accounts()) : open_.view();
}

int HintSide::base_rank() const {
  if (!open_.has_accounts()) return 2;
  return asset_ == kTrx ? 1 : 0;
}

std::optional<int> HintSide::known_decimals() const {
  if (!open_.has_accounts()) return kBitcoinDecimals;
  if (asset_ == kTrx) return kTrxDecimals;
  const bool is_tether =
      asset_ == absl::StrCat(std::string(kTrc20Prefix), std::string(tron::kTetherContract));
  return is_tether ? std::optional(kTetherDecimals) : std::nullopt;
}

absl::StatusOr<ServiceAddresses> HintSide::FindService(const std::string& name,
                                                       const std::vector<std::string>& listed,
                                                       const MovementBudget& budget,
                                                       const Cancellation* cancellation) const {
  std::vector<AddressNum> addresses;
  if (!name.empty()) {
    COINWAKE_ASSIGN_OR_RETURN(const ServiceSource::Answer known,
                              open_.services.Get({.services = true, .mixers = true}, cancellation));
    const std::uint64_t most =
        std::min<std::uint64_t>(budget.left(), std::numeric_limits<std::uint32_t>::max());
    if (known.services != nullptr) addresses = known.services->AddressesOf(name, most + 1);
    if (addresses.size() > most) {
      return absl::ResourceExhaustedError(absl::StrCat(Excerpt(name), " has more than ", most,
                                                       " addresses on ",
                                                       std::string(NetworkName(network()))));
    }
  }
  for (const std::string& text : listed) {
    if (!CanNameAddress(text, network())) continue;
    COINWAKE_ASSIGN_OR_RETURN(const std::optional<AddressNum> address, FindAddress(text));
    if (address.has_value()) addresses.push_back(*address);
  }
  return ServiceAddresses(std::move(addresses));
}

absl::StatusOr<std::optional<AddressNum>> HintSide::FindAddress(const std::string& text) const {
  absl::StatusOr<AddressNum> found =
      open_.has_accounts() ? FindAccount(open_.accounts(), text) : FindByName(open_.view(), text);
  if (absl::IsNotFound(found.status())) return std::optional<AddressNum>();
  COINWAKE_RETURN_IF_ERROR(found.status());
  return std::optional<AddressNum>(*found);
}

absl::StatusOr<std::optional<std::vector<std::uint64_t>>> HintSide::FindPayments(
    const std::string& txid) const {
  using Numbers = std::optional<std::vector<std::uint64_t>>;
  constexpr std::string_view kWhat = "transaction id";
  COINWAKE_ASSIGN_OR_RETURN(const Hash256 hash,
                            open_.has_accounts() ? ParseId(txid, kWhat) : ParseHash(txid, kWhat));
  const absl::StatusOr<TxNum> tx = view().FindTransaction(hash);
  if (absl::IsNotFound(tx.status())) return Numbers();
  COINWAKE_RETURN_IF_ERROR(tx.status());
  if (!open_.has_accounts()) return Numbers(std::vector<std::uint64_t>{tx->value});
  const IdRange<EventNum> events = open_.accounts().Events(*tx);
  std::vector<std::uint64_t> numbers;
  for (EventNum event = events.begin; event < events.end; ++event) numbers.push_back(event.value);
  return Numbers(std::move(numbers));
}

std::string HintSide::NameOf(AddressNum address) const {
  return open_.has_accounts() ? AccountName(open_.accounts(), address)
                              : ScriptName(open_.view(), address);
}

void HintSide::FillMovement(const ServiceMovement& movement, bool is_deposit,
                            v1::HintMovement* wire) const {
  wire->set_network(std::string(NetworkName(network())));
  wire->set_asset(asset_);
  const Hash256 txid = view().Txid(movement.at.tx);
  wire->set_txid(open_.has_accounts() ? txid.ToHex() : txid.ToDisplayHex());
  wire->set_height(movement.at.height);
  wire->set_time(movement.at.time);
  wire->set_amount(ToDecimal(Uint256(movement.amount)));
  const AddressNum from = is_deposit ? movement.other : movement.service;
  if (from != kNobodyAddress) wire->set_from(NameOf(from));
  wire->set_to(NameOf(is_deposit ? movement.service : movement.other));
}

void HintSide::FillSnapshot(v1::Snapshot* wire) const {
  if (open_.has_accounts()) {
    server::FillSnapshot(open_.accounts(), wire);
  } else {
    server::FillSnapshot(open_.snapshot(), wire);
  }
}

std::string HintSide::Warning() const {
  if (!open_.has_accounts()) return "";
  const std::uint64_t missing = open_.accounts().totals().without_receipt;
  if (missing == 0) return "";
  return absl::StrCat(std::string(NetworkName(network())), ": ", missing,
                      " of the indexed transactions have no receipt, which tell of token transfers "
                      "and of what contracts paid: what they did is missing here");
}

}  // namespace coinwake::server
