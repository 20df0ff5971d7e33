#include "heuristics/poisoning.h"

namespace coinwake {
namespace {

constexpr std::size_t kAddressLength = 34;
constexpr std::size_t kFirst = 3;
constexpr std::size_t kLast = 4;

}  // namespace

std::string LookOf(std::string_view address) {
  if (address.size() != kAddressLength || address.front() != 'T') return "";
  return std::string(address.substr(1, kFirst)) +
         std::string(address.substr(kAddressLength - kLast));
}

void LookAlikes::Watch(std::string_view counterparty) {
  std::string look = LookOf(counterparty);
  if (!look.empty()) originals_.try_emplace(std::move(look));
}

void LookAlikes::Note(EventNum event, AddressNum counterparty, std::string_view name,
                      const Uint256& amount) {
  if (IsDust(amount)) return;
  const auto watched = originals_.find(LookOf(name));
  if (watched == originals_.end()) return;
  std::optional<Original>& original = watched->second;
  if (!original.has_value() || event < original->event) original = {event, counterparty};
}

bool LookAlikes::IsMarked(EventNum event, AddressNum counterparty, std::string_view name,
                          const Uint256& amount) const {
  if (!IsDust(amount)) return false;
  const auto watched = originals_.find(LookOf(name));
  return watched != originals_.end() && watched->second.has_value() &&
         watched->second->event < event && watched->second->account != counterparty;
}

}  // namespace coinwake
