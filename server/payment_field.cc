#include "server/payment_field.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/timeline.pb.h"
#include "indexer/base/amount.h"
#include "indexer/segment/tron_schema.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/chain_time.h"
#include "server/convert.h"
#include "server/names.h"
#include "server/trace_words.h"
#include "typologies/account_payments.h"
#include "typologies/output_payments.h"

namespace coinwake::server {

absl::StatusOr<std::unique_ptr<PaymentField>> PaymentField::Open(OpenNetwork& open,
                                                                 Services services,
                                                                 const Cancellation* cancellation) {
  std::unique_ptr<PaymentField> field(new PaymentField(open));
  if (!open.has_accounts()) {
    COINWAKE_ASSIGN_OR_RETURN(FactsReader facts, FactsReader::Make(open.view()));
    field->facts_.emplace(std::move(facts));
    COINWAKE_ASSIGN_OR_RETURN(field->partition_, open.clusters.Get(Profile::kStrict, cancellation));
  }
  if (services == Services::kKnown) {
    COINWAKE_ASSIGN_OR_RETURN(ServiceSource::Answer known,
                              open.services.Get({.services = true, .mixers = true}, cancellation));
    field->services_ = std::move(known.services);
  }
  return field;
}

absl::Status PaymentField::Follow(const std::string& asset) {
  if (has_accounts()) {
    COINWAKE_ASSIGN_OR_RETURN(const AssetNum number, FindAssetToFollow(open_.accounts(), asset));
    Follow(number);
    return absl::OkStatus();
  }
  if (!asset.empty() && asset != kBitcoinAsset) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown asset \"", Excerpt(asset), "\"; there is ", kBitcoinAsset, " alone"));
  }
  asset_ = kBitcoinAsset;
  addresses_ = std::make_unique<OutputPayments>(*facts_, nullptr);
  entities_ = std::make_unique<OutputPayments>(*facts_, partition_.get());
  return absl::OkStatus();
}

void PaymentField::Follow(AssetNum asset) {
  asset_ = AssetText(open_.accounts(), asset);
  addresses_ = std::make_unique<AccountPayments>(open_.accounts(), asset, nullptr);
}

PaymentSources PaymentField::sources() const {
  return {*addresses_, entities_ == nullptr ? *addresses_ : *entities_};
}

absl::StatusOr<std::optional<AddressNum>> PaymentField::FindAddress(const std::string& text,
                                                                    std::string* name) const {
  absl::StatusOr<AddressNum> found;
  if (has_accounts()) {
    COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(text));
    *name = account.Name();
    found = open_.accounts().FindAddress(account.bytes());
  } else {
    *name = Excerpt(text);
    found = FindByName(open_.view(), text);
    if (found.ok()) *name = ScriptName(open_.view(), *found);
  }
  if (absl::IsNotFound(found.status())) return std::optional<AddressNum>();
  COINWAKE_RETURN_IF_ERROR(found.status());
  return std::optional<AddressNum>(*found);
}

absl::StatusOr<PaymentField::Subject> PaymentField::Find(const v1::TimelineSubject& subject) const {
  COINWAKE_RETURN_IF_ERROR(CheckLabel(subject.label()));
  if (subject.addresses().empty()) {
    return absl::InvalidArgumentError("a subject has no address");
  }
  Subject found;
  for (const std::string& text : subject.addresses()) {
    std::string name;
    COINWAKE_ASSIGN_OR_RETURN(const std::optional<AddressNum> address, FindAddress(text, &name));
    if (std::find(found.names.begin(), found.names.end(), name) != found.names.end()) continue;
    if (address.has_value()) {
      found.addresses.push_back(*address);
    } else {
      found.unseen.push_back(name);
    }
    found.names.push_back(std::move(name));
  }
  std::sort(found.addresses.begin(), found.addresses.end());
  found.label = subject.label().empty() ? found.names.front() : subject.label();
  return found;
}

absl::StatusOr<std::vector<AssetNum>> PaymentField::AssetsOf(
    const std::vector<AddressNum>& addresses, std::size_t limit) const {
  std::vector<AssetNum> assets;
  for (const AddressNum address : addresses) {
    // One more for what is no asset, and one to know that there are more.
    COINWAKE_RETURN_IF_ERROR(open_.accounts().AssetsOf(address, AssetNum{0}, limit + 2, &assets));
    std::sort(assets.begin(), assets.end());
    assets.erase(std::unique(assets.begin(), assets.end()), assets.end());
    std::erase(assets, kFactsAsset);
    if (assets.size() > limit + 1) assets.resize(limit + 1);
  }
  if (assets.size() > limit) assets.resize(limit);
  return assets;
}

bool PaymentField::IsService(AddressNum node) const {
  return services_ != nullptr && services_->At(node).has_value();
}

std::uint64_t PaymentField::ClusterSizeOf(AddressNum address) const {
  return partition_ == nullptr ? 1 : partition_->SizeOf(address);
}

std::string PaymentField::NameOf(AddressNum address) const {
  return has_accounts() ? AccountName(open_.accounts(), address)
                        : ScriptName(open_.view(), address);
}

std::string PaymentField::TxidOf(TxNum tx) const {
  return has_accounts() ? open_.accounts().Txid(tx).ToHex() : open_.view().Txid(tx).ToDisplayHex();
}

std::int64_t PaymentField::TimeOf(std::uint64_t height) const {
  if (has_accounts()) return open_.accounts().TimeOf(height) / 1'000;
  return open_.view().Block(height).time;
}

std::uint64_t PaymentField::FirstNumberAt(std::uint64_t height) const {
  const auto first_at = [height](const ChainView& view) {
    return height > view.snapshot().height ? TxNum{view.transactions_count()}
                                           : view.TransactionsAt(height).begin;
  };
  if (!has_accounts()) return first_at(open_.view()).value;
  const AccountView& view = open_.accounts();
  const TxNum tx = first_at(view);
  return tx.value < view.transactions_count() ? view.Events(tx).begin.value : view.events_count();
}

absl::StatusOr<std::uint64_t> PaymentField::HeightSince(std::string_view text) const {
  return has_accounts() ? server::HeightSince(open_.accounts(), text)
                        : server::HeightSince(open_.view(), text);
}

std::string PaymentField::NeverSeen(const std::string& name) const {
  return absl::StrCat(name, " was never seen on ", std::string(NetworkName(snapshot().network)),
                      " up to height ", snapshot().height);
}

void PaymentField::FillSnapshot(v1::Snapshot* wire) const {
  if (has_accounts()) {
    server::FillSnapshot(open_.accounts(), wire);
  } else {
    server::FillSnapshot(snapshot(), wire);
  }
}

void PaymentField::FillMoment(const Moment& moment, v1::TimelineMoment* wire) const {
  wire->set_txid(TxidOf(moment.tx));
  wire->set_height(moment.height);
  wire->set_time(moment.time);
}

std::string AmountText(Uint128 amount) { return ToDecimal(Uint256(amount)); }

std::string DayText(std::int64_t unix_seconds) {
  return absl::FormatCivilTime(
      absl::ToCivilDay(absl::FromUnixSeconds(unix_seconds), absl::UTCTimeZone()));
}

std::string WeekText(std::int64_t monday) {
  // A week is of the year that its Thursday is in (ISO 8601).
  const absl::CivilDay thursday =
      absl::ToCivilDay(absl::FromUnixSeconds(monday), absl::UTCTimeZone()) + 3;
  return absl::StrFormat("%04d-W%02d", thursday.year(), (absl::GetYearDay(thursday) - 1) / 7 + 1);
}

}  // namespace coinwake::server
