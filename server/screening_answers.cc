#include "server/screening_answers.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/screening.pb.h"
#include "indexer/base/hash.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"
#include "screening/rules_file.h"
#include "screening/screening.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/convert.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/screening_wire.h"
#include "server/trace_words.h"

namespace coinwake::server {
namespace {

constexpr char kScreened[] = "screened";
constexpr char kNeverSeen[] = "never_seen";
constexpr char kNotIndexed[] = "not_indexed";
constexpr std::size_t kTxidDigits = 64;

std::string_view KindName(ScreeningKind kind) {
  switch (kind) {
    case ScreeningKind::kAddress:
      return "address";
    case ScreeningKind::kTransaction:
      return "transaction";
    case ScreeningKind::kOutput:
      return "output";
  }
  return "address";
}

bool IsTxid(std::string_view text) {
  return text.size() == kTxidDigits && Hash256::FromHex(text).has_value();
}

std::string TextOf(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A subject as its text and the chain have it.
struct FoundSubject {
  ScreeningSubject subject;
  std::string name;
  std::vector<std::uint8_t> bytes;  // of an address
  bool is_there = false;            // the snapshot has it
};

struct NamedAddress {
  std::string name;
  std::vector<std::uint8_t> bytes;
};

// kInvalidArgument: no address here.
absl::StatusOr<NamedAddress> ParseAddress(const OpenNetwork& open, const std::string& text) {
  const Network network = open.snapshot().network;
  if (!open.has_accounts()) {
    COINWAKE_ASSIGN_OR_RETURN(std::vector<std::uint8_t> script, ParseScriptName(text, network));
    std::string name = bitcoin::NameOfScript(script, network);
    return NamedAddress{std::move(name), std::move(script)};
  }
  COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(text));
  const ByteSpan bytes = account.bytes();
  return NamedAddress{account.Name(), {bytes.begin(), bytes.end()}};
}

// Ids of transactions are shown backwards on Bitcoin alone.
std::string TxidText(const OpenNetwork& open, const Hash256& txid) {
  return open.has_accounts() ? txid.ToHex() : txid.ToDisplayHex();
}

absl::StatusOr<FoundSubject> FindAddressSubject(const OpenNetwork& open, const std::string& text) {
  FoundSubject found;
  COINWAKE_ASSIGN_OR_RETURN(NamedAddress named, ParseAddress(open, text));
  found.name = std::move(named.name);
  found.bytes = std::move(named.bytes);
  const absl::StatusOr<AddressNum> address = open.index.chain().FindAddress(found.bytes);
  if (absl::IsNotFound(address.status())) return found;
  COINWAKE_RETURN_IF_ERROR(address.status());
  found.subject.address = *address;
  found.is_there = true;
  return found;
}

absl::StatusOr<FoundSubject> FindTransactionSubject(const OpenNetwork& open,
                                                    const std::string& text) {
  FoundSubject found;
  const std::optional<SeedOutpoint> outpoint = ParseOutpoint(text);
  found.subject.kind = outpoint.has_value() ? ScreeningKind::kOutput : ScreeningKind::kTransaction;
  if (outpoint.has_value() && open.has_accounts()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", Excerpt(text), "\": transactions have no outputs on ",
                     std::string(NetworkName(open.snapshot().network))));
  }
  const Hash256 txid = outpoint.has_value()  ? outpoint->txid
                       : open.has_accounts() ? *Hash256::FromHex(text)
                                             : *Hash256::FromDisplayHex(text);
  found.name = TxidText(open, txid);
  if (outpoint.has_value()) absl::StrAppend(&found.name, ":", outpoint->vout);
  const absl::StatusOr<TxNum> tx = open.index.chain().FindTransaction(txid);
  if (absl::IsNotFound(tx.status())) return found;
  COINWAKE_RETURN_IF_ERROR(tx.status());
  found.subject.tx = *tx;
  found.is_there = true;
  if (!outpoint.has_value()) return found;
  const IdRange<OutputNum> outputs = open.view().Outputs(*tx);
  if (outpoint->vout >= outputs.size()) {
    return absl::NotFoundError(
        absl::StrCat(found.name, ": the transaction has ", outputs.size(), " outputs"));
  }
  found.subject.output = outputs.begin + outpoint->vout;
  return found;
}

// Screens one subject that the options were read for.
class OneScreening {
 public:
  OneScreening(OpenNetwork& open, const PreparedScreening& screening, FoundSubject found,
               const Cancellation* cancellation)
      : open_(open),
        screening_(screening),
        found_(std::move(found)),
        cancellation_(cancellation),
        parties_(open, screening) {}

  absl::Status Run(v1::ScreeningResult* answer) {
    COINWAKE_RETURN_IF_ERROR(FindSaid());
    if (found_.is_there) COINWAKE_RETURN_IF_ERROR(Gather());
    const std::vector<ScreenAlert> alerts =
        Screen(*screening_.rules, screening_.sides, findings_.facts);
    FillHead(answer);
    const ScreenedSubject subject{
        .rules = *screening_.rules,
        .name = found_.name,
        .findings = findings_,
        .alerts = alerts,
        .own = own_,
        .cluster = cluster_,
        .parties = parties_,
        .name_of = [this](AddressNum address) { return NameOf(address); },
        .txid_of = [this](TxNum tx) { return TxidText(open_, open_.index.chain().Txid(tx)); },
        .route_to = [this](const ScreenContact& contact) { return RouteTo(contact); }};
    COINWAKE_RETURN_IF_ERROR(FillScreening(subject, answer));
    return open_.damage().status();
  }

 private:
  absl::Status FindSaid() {
    if (found_.subject.kind != ScreeningKind::kAddress) return absl::OkStatus();
    COINWAKE_ASSIGN_OR_RETURN(own_, SaidOfAddress(open_, screening_, found_.bytes));
    findings_.facts.own = own_.said;
    if (!found_.is_there) return absl::OkStatus();
    COINWAKE_ASSIGN_OR_RETURN(cluster_, SaidOfCluster(open_, screening_, *found_.subject.address));
    findings_.facts.cluster = cluster_.said;
    return absl::OkStatus();
  }

  absl::Status Gather() {
    if (open_.has_accounts()) {
      COINWAKE_RETURN_IF_ERROR(GatherFacts(open_.accounts(), screening_, found_.subject, parties_,
                                           cancellation_, &findings_));
    } else {
      COINWAKE_RETURN_IF_ERROR(GatherFacts(open_.view(), screening_, found_.subject, parties_,
                                           cancellation_, &findings_));
    }
    for (std::uint32_t who = 0; who < parties_.count(); ++who) {
      findings_.facts.said.push_back(parties_.At(who).with.said);
    }
    return absl::OkStatus();
  }

  void FillHead(v1::ScreeningResult* answer) const {
    if (open_.has_accounts()) {
      FillSnapshot(open_.accounts(), answer->mutable_snapshot());
    } else {
      FillSnapshot(open_.snapshot(), answer->mutable_snapshot());
    }
    answer->set_subject(found_.name);
    answer->set_kind(std::string(KindName(found_.subject.kind)));
    const bool is_address = found_.subject.kind == ScreeningKind::kAddress;
    answer->set_status(found_.is_there ? kScreened : is_address ? kNeverSeen : kNotIndexed);
    answer->set_direction(std::string(ScreenDirectionName(screening_.sides)));
    answer->set_truncated(!findings_.cuts.empty());
    for (const std::string& cut : findings_.cuts) answer->add_cuts(cut);
    answer->set_rules_sha256(screening_.rules->sha256.ToHex());
    answer->set_max_hops(screening_.max_hops);
  }

  std::string NameOf(AddressNum address) const {
    return open_.has_accounts() ? AccountName(open_.accounts(), address)
                                : ScriptName(open_.view(), address);
  }

  absl::StatusOr<std::vector<TxNum>> RouteTo(const ScreenContact& contact) {
    const AddressNum other = parties_.At(contact.who).address;
    if (!open_.has_accounts()) {
      return RouteBetween(open_.view(), screening_, found_.subject, other, contact.side, parties_,
                          cancellation_);
    }
    return RouteBetween(open_.accounts(), screening_, found_.subject, other, contact.side,
                        findings_.facts.assets[contact.asset], parties_, cancellation_);
  }

  OpenNetwork& open_;
  const PreparedScreening& screening_;
  const FoundSubject found_;
  const Cancellation* const cancellation_;
  ScreeningParties parties_;
  SaidWith own_;
  SaidWith cluster_;
  ScreeningFindings findings_;
};

}  // namespace

bool IsTransactionSubject(const std::string& subject) {
  return IsTxid(subject) || ParseOutpoint(subject).has_value();
}

absl::StatusOr<std::shared_ptr<const RuleSet>> Screener::RulesOf(const std::string& text) {
  if (text.empty()) {
    return std::shared_ptr<const RuleSet>(std::shared_ptr<const RuleSet>(), &DefaultRules());
  }
  {
    const MutexLock lock(mutex_);
    for (const auto& [known, rules] : rules_) {
      if (known == text) return rules;
    }
  }
  COINWAKE_ASSIGN_OR_RETURN(RuleSet parsed, ParseRules(text, "rules"));
  auto rules = std::make_shared<const RuleSet>(std::move(parsed));
  const MutexLock lock(mutex_);
  if (rules_.size() == kKeptRules) rules_.erase(rules_.begin());
  rules_.emplace_back(text, rules);
  return std::shared_ptr<const RuleSet>(std::move(rules));
}

absl::Status Screener::AddSeeds(const v1::ScreenOptions& options,
                                PreparedScreening* screening) const {
  for (const v1::ScreenSeed& seed : options.seeds()) {
    COINWAKE_RETURN_IF_ERROR(CheckLabel(seed.label()));
    COINWAKE_ASSIGN_OR_RETURN(const NamedAddress named, ParseAddress(open_, seed.address()));
    const std::string& label = seed.label().empty() ? named.name : seed.label();
    std::vector<std::string>& labels = screening->seeds_by_bytes[TextOf(named.bytes)];
    if (std::find(labels.begin(), labels.end(), label) != labels.end()) continue;
    labels.push_back(label);
    const absl::StatusOr<AddressNum> address = open_.index.chain().FindAddress(named.bytes);
    if (absl::IsNotFound(address.status())) continue;
    COINWAKE_RETURN_IF_ERROR(address.status());
    screening->seeds[address->value] = labels;
  }
  return absl::OkStatus();
}

absl::Status Screener::AddServicesByUse(const Cancellation* cancellation,
                                        PreparedScreening* screening) {
  COINWAKE_ASSIGN_OR_RETURN(screening->labelled_now, books_.Get(std::nullopt, cancellation));
  {
    const MutexLock lock(mutex_);
    screening->by_use = by_use_;
    if (has_by_use_) return absl::OkStatus();
  }
  COINWAKE_ASSIGN_OR_RETURN(ServiceSource::Answer known,
                            open_.services.Get({.services = true, .mixers = true}, cancellation));
  screening->by_use = std::move(known.services);
  const MutexLock lock(mutex_);
  has_by_use_ = true;
  by_use_ = screening->by_use;
  return absl::OkStatus();
}

absl::StatusOr<PreparedScreening> Screener::Prepare(const v1::ScreenOptions& options,
                                                    const Cancellation* cancellation) {
  PreparedScreening screening;
  COINWAKE_ASSIGN_OR_RETURN(
      screening.sides,
      Choose<ScreenSides>(
          "direction of screening", options.direction(),
          {{"both", {true, true}}, {"deposit", {true, false}}, {"withdrawal", {false, true}}}));
  if (!open_.has_accounts() && !options.asset().empty() && options.asset() != kBitcoinAsset) {
    return absl::InvalidArgumentError(absl::StrCat("unknown asset \"", Excerpt(options.asset()),
                                                   "\"; there is ", kBitcoinAsset, " alone"));
  }
  screening.asset = options.asset();
  COINWAKE_ASSIGN_OR_RETURN(screening.rules, RulesOf(options.rules()));
  const std::uint32_t hops = options.has_max_hops() ? options.max_hops() : kDefaultScreenHops;
  if (hops == 0 || hops > kMaxScreenHops) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_hops ", hops, ": from 1, which is direct, to ", kMaxScreenHops));
  }
  const bool is_indirect =
      (screening.sides.source && AsksIndirect(*screening.rules, ScreenSide::kSource)) ||
      (screening.sides.destination && AsksIndirect(*screening.rules, ScreenSide::kDestination));
  screening.max_hops = is_indirect ? hops : 1;
  COINWAKE_RETURN_IF_ERROR(AddSeeds(options, &screening));
  for (const std::optional<Date>& date : screening.rules->moments) {
    COINWAKE_ASSIGN_OR_RETURN(screening.books.emplace_back(), books_.Get(date, cancellation));
  }
  if (open_.has_accounts()) {
    COINWAKE_RETURN_IF_ERROR(AddServicesByUse(cancellation, &screening));
  }
  return screening;
}

absl::Status Screener::CheckSubject(const std::string& subject) const {
  if (subject.empty()) {
    return absl::InvalidArgumentError("a screening needs an address, TXID or TXID:VOUT");
  }
  if (!IsTransactionSubject(subject)) return ParseAddress(open_, subject).status();
  if (!open_.has_accounts() || !ParseOutpoint(subject).has_value()) return absl::OkStatus();
  return FindTransactionSubject(open_, subject).status();
}

absl::Status Screener::Answer(const PreparedScreening& screening, const std::string& subject,
                              const Cancellation* cancellation, v1::ScreeningResult* answer) {
  COINWAKE_RETURN_IF_ERROR(CheckSubject(subject));
  COINWAKE_ASSIGN_OR_RETURN(FoundSubject found, IsTransactionSubject(subject)
                                                    ? FindTransactionSubject(open_, subject)
                                                    : FindAddressSubject(open_, subject));
  return OneScreening(open_, screening, std::move(found), cancellation).Run(answer);
}

}  // namespace coinwake::server
