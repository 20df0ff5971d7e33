#include "heuristics/account_reader.h"

#include "heuristics/poisoning.h"
#include "indexer/base/base58.h"

namespace coinwake {
namespace {

constexpr std::size_t kAddressBytes = 21;
constexpr std::uint8_t kAddressPrefix = 0x41;

}  // namespace

absl::StatusOr<bool> AccountReader::Read(AddressNum account, AssetNum asset,
                                         std::vector<AccountMovement>* events) const {
  events->clear();
  std::vector<EventNum> numbers;
  COINWAKE_RETURN_IF_ERROR(
      view_.EventsOf(account, asset, EventNum{0}, kMostEventsRead + 1, &numbers));
  const bool is_all = numbers.size() <= kMostEventsRead;
  if (!is_all) numbers.pop_back();
  events->reserve(numbers.size());
  for (const EventNum number : numbers) {
    const TxNum tx = view_.TransactionOf(number);
    events->push_back({number, tx, view_.HeightOf(tx), view_.Event(number)});
  }
  COINWAKE_RETURN_IF_ERROR(view_.damage().status());
  return is_all;
}

bool AccountReader::IsAddress(AddressNum account) const {
  const ByteSpan bytes = view_.Script(account);
  return bytes.size() == kAddressBytes && bytes.front() == kAddressPrefix;
}

std::string AccountReader::LookOf(AddressNum account) const {
  if (!IsAddress(account)) return "";
  return coinwake::LookOf(EncodeBase58Check(view_.Script(account)));
}

bool IsPayment(const LedgerEvent& event) {
  return event.kind == EntryKind::kTransfer && event.from.has_value() && event.to.has_value() &&
         event.from != event.to && !IsDust(event.amount);
}

}  // namespace coinwake
