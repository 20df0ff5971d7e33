#include "heuristics/account_use.h"

#include "heuristics/poisoning.h"

namespace coinwake {
namespace {

std::uint8_t KindByte(const AccountView& view, AssetNum asset) {
  const ByteSpan name = view.AssetName(asset);
  return name.empty() ? 0 : name.front();
}

// The chain's own coin and tokens, which an account must have been opened to hold.
bool IsOwnAsset(const AccountView& view, AssetNum asset) {
  return asset == kTrxAsset || KindByte(view, asset) == kTrc10KindByte;
}

}  // namespace

AccountUse::AccountUse(std::uint64_t accounts)
    : flags_(accounts, 0),
      activations_(accounts, 0),
      payees_(2 * accounts, kNone32),
      activators_(accounts, kNone32),
      givings_(accounts, 0) {}

absl::StatusOr<AccountUse> AccountUse::Scan(const AccountReader& reader) {
  const AccountView& view = reader.view();
  AccountUse use(view.addresses_count());
  for (AddressNum account; account.value < view.addresses_count(); ++account) {
    if (!reader.IsAddress(account)) use.Set(account, kContract);
  }
  use.NoteTokens(view);
  const bool is_complete = view.snapshot().complete_history;
  for (TxNum tx; tx.value < view.transactions_count() && !view.damage().found(); ++tx) {
    const AccountTransaction transaction = view.Transaction(tx);
    if (transaction.contract.has_value()) use.Set(*transaction.contract, kContract);
    const IdRange<EventNum> events = view.Events(tx);
    for (EventNum number = events.begin; number < events.end; ++number) {
      const LedgerEvent event = view.Event(number);
      use.NoteEvent(reader, event, transaction.owner);
      if (event.kind == EntryKind::kActivated ||
          (MovesValue(event.kind) && IsOwnAsset(view, event.asset))) {
        use.NoteFirst(event, is_complete);
      }
    }
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return use;
}

void AccountUse::NoteTokens(const AccountView& view) {
  for (AssetNum asset; asset.value < view.assets_count(); ++asset) {
    const ByteSpan name = view.AssetName(asset);
    if (asset == kFactsAsset || name.empty() || name.front() != kTrc20KindByte) continue;
    const absl::StatusOr<AddressNum> contract = view.FindAddress(name.subspan(1));
    if (contract.ok()) Set(*contract, kContract);
  }
}

void AccountUse::NoteEvent(const AccountReader& reader, const LedgerEvent& event,
                           std::optional<AddressNum> sender) {
  switch (event.kind) {
    case EntryKind::kContractCreated:
      if (event.to.has_value()) Set(*event.to, kContract);
      return;
    case EntryKind::kInternal:
    case EntryKind::kSelfDestruct:
      if (event.from.has_value()) Set(*event.from, kContract);
      return;
    case EntryKind::kDelegate:
      if (event.from.has_value()) {
        Set(*event.from, kLends);
        ++givings_[event.from->value];
      }
      return;
    case EntryKind::kFee:
    case EntryKind::kDestroyedFunds:  // not of its own will
      return;
    default:
      break;
  }
  const bool pays = MovesValue(event.kind) && event.from.has_value() && event.from != event.to;
  if (!pays || IsDust(event.amount)) return;
  if (event.asset == kTrxAsset) ++givings_[event.from->value];
  // Anybody's token can say that it moved from anybody.
  const bool is_sure = reader.IsMoney(event.asset) || event.from == sender ||
                       KindByte(reader.view(), event.asset) == kTrc10KindByte;
  if (is_sure) NotePayee(*event.from, event.to);
}

void AccountUse::NotePayee(AddressNum from, std::optional<AddressNum> to) {
  if (!to.has_value()) {
    Set(from, kManyPayees);
    return;
  }
  const auto payee = static_cast<std::uint32_t>(to->value);
  std::uint32_t* const known = &payees_[2 * from.value];
  if (known[0] == payee || known[1] == payee) return;
  if (known[1] != kNone32) {
    Set(from, kManyPayees);
  } else {
    known[known[0] == kNone32 ? 0 : 1] = payee;
  }
}

// Who appears for the first time, and by whose doing.
void AccountUse::NoteFirst(const LedgerEvent& event, bool is_complete) {
  if (event.from.has_value()) Set(*event.from, kSeen);
  if (!event.to.has_value() || Has(*event.to, kSeen)) return;
  Set(*event.to, kSeen);
  const bool opens =
      event.kind == EntryKind::kActivated || (event.kind == EntryKind::kTransfer && is_complete);
  if (!opens || !event.from.has_value() || event.from == event.to) return;
  activators_[event.to->value] = static_cast<std::uint32_t>(event.from->value);
  std::uint8_t& count = activations_[event.from->value];
  if (count < kManyActivations) ++count;
}

AccountUse::Payees AccountUse::PayeesOf(AddressNum account) const {
  Payees payees;
  payees.many = Has(account, kManyPayees);
  for (std::size_t i = 0; i < 2 && !payees.many; ++i) {
    const std::uint32_t payee = payees_[2 * account.value + i];
    if (payee != kNone32) payees.accounts.push_back({payee});
  }
  return payees;
}

std::optional<AddressNum> AccountUse::ActivatorOf(AddressNum account) const {
  const std::uint32_t activator = activators_[account.value];
  if (activator == kNone32) return std::nullopt;
  return AddressNum{activator};
}

}  // namespace coinwake
