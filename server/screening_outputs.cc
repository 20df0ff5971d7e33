// Facts of a screening on chains with outputs.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/convert.h"
#include "server/screening_facts.h"
#include "tracer/source.h"
#include "tracer/trace.h"

namespace coinwake::server {
namespace {

// A part of what goes into a transaction or comes out of it.
struct Part {
  std::uint64_t value = 0;
  std::optional<AddressNum> address;  // nullopt: new coins, or a script that is not known
};

struct Parts {
  std::vector<Part> inputs;
  std::vector<Part> outputs;
  bool is_known = true;  // false: not all amounts are, or they cannot be
};

Parts ReadParts(const View& view, TxNum tx) {
  Parts parts;
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  const IdRange<InputNum> inputs = view.Inputs(tx);
  for (InputNum input = inputs.begin; input < inputs.end; ++input) {
    const InputSource source = view.Source(input);
    const std::optional<std::uint64_t> value = view.SourceValue(source);
    if (!value.has_value()) parts.is_known = false;
    parts.inputs.push_back({value.value_or(0), view.SourceAddress(source)});
    in += value.value_or(0);
  }
  const IdRange<OutputNum> outputs = view.Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    parts.outputs.push_back({view.Value(output), view.AddressOf(output)});
    out += parts.outputs.back().value;
  }
  if (inputs.empty()) {  // a coinbase
    parts.inputs.push_back({out, std::nullopt});
  } else if (in < out) {
    parts.is_known = false;
  }
  return parts;
}

// Calls take(input, output, amount) for the units that lie at the same place in both queues.
template <typename Take>
void LaySideBySide(const Parts& parts, const Take& take) {
  std::size_t i = 0;
  std::size_t j = 0;
  std::uint64_t of_input = 0;   // taken of it already
  std::uint64_t of_output = 0;  // likewise
  while (i < parts.inputs.size() && j < parts.outputs.size()) {
    const std::uint64_t amount =
        std::min(parts.inputs[i].value - of_input, parts.outputs[j].value - of_output);
    if (amount != 0) take(i, j, amount);
    of_input += amount;
    of_output += amount;
    if (of_input == parts.inputs[i].value) {
      ++i;
      of_input = 0;
    }
    if (of_output == parts.outputs[j].value) {
      ++j;
      of_output = 0;
    }
  }
}

// Sums the ends of a trace of one label; units of all taint under fifo are whole.
class EndsByWho final : public TraceReceiver {
 public:
  struct End {
    std::uint32_t who = 0;
    std::uint64_t satoshi = 0;
    std::optional<std::uint32_t> hops;
  };

  absl::Status OnHolding(const Holding&) override { return absl::OkStatus(); }
  absl::Status OnSink(const Sink& sink) override {
    if (!sink.entity.has_value()) return absl::OkStatus();
    ends.push_back({*sink.entity,
                    static_cast<std::uint64_t>(sink.taint.units() >> Taint::kFractionBits),
                    sink.hops});
    return absl::OkStatus();
  }
  absl::Status OnSummary(const Summary&) override { return absl::OkStatus(); }

  std::vector<End> ends;
};

class OutputGatherer {
 public:
  OutputGatherer(const View& view, const PreparedScreening& screening,
                 const ScreeningSubject& subject, ScreeningParties& parties,
                 const Cancellation* cancellation, ScreeningFindings* findings)
      : view_(view),
        screening_(screening),
        subject_(subject),
        parties_(parties),
        cancellation_(cancellation),
        findings_(findings),
        asset_(findings->AssetNumberOf(kBitcoinAsset)) {}

  absl::Status Run() {
    COINWAKE_RETURN_IF_ERROR(FindOutputs());
    for (const ScreenSide side : {ScreenSide::kSource, ScreenSide::kDestination}) {
      if (!screening_.sides.Have(side)) continue;
      findings_->AddTotal(side, asset_, 0);
      rows_ = 0;
      unknown_ = 0;
      COINWAKE_RETURN_IF_ERROR(side == ScreenSide::kSource ? AddSources() : AddDestinations());
      if (unknown_ != 0) {
        Cut(absl::StrCat("not all amounts are known of ", unknown_,
                         " transactions on the side of the ", std::string(ScreenSideName(side)),
                         "; they count nowhere"));
      }
      if (screening_.max_hops > 1 && AsksIndirect(*screening_.rules, side)) {
        COINWAKE_RETURN_IF_ERROR(AddIndirect(side));
      }
      COINWAKE_RETURN_IF_ERROR(parties_.status());
    }
    return view_.damage().status();
  }

 private:
  void Cut(std::string text) { findings_->cuts.push_back(std::move(text)); }

  // The outputs that are the subject's.
  absl::Status FindOutputs() {
    switch (subject_.kind) {
      case ScreeningKind::kAddress: {
        COINWAKE_RETURN_IF_ERROR(
            view_.OutputsOf(*subject_.address, OutputNum{0}, kMaxScreenOutputs + 1, &outputs_));
        if (outputs_.size() > kMaxScreenOutputs) {
          outputs_.resize(kMaxScreenOutputs);
          Cut(absl::StrCat("of what the address received the first ", kMaxScreenOutputs,
                           " outputs were read"));
        }
        return view_.ForeignOf(*subject_.address, &foreign_);
      }
      case ScreeningKind::kTransaction: {
        const IdRange<OutputNum> all = view_.Outputs(*subject_.tx);
        for (OutputNum output = all.begin; output < all.end; ++output) outputs_.push_back(output);
        return absl::OkStatus();
      }
      case ScreeningKind::kOutput:
        outputs_ = {*subject_.output};
        return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  // Whether `part` is the subject's own.
  bool IsOwn(const Part& part) const {
    return subject_.address.has_value() && part.address == subject_.address;
  }
  void AddDirect(const Part& part, ScreenSide side, std::uint64_t amount, TxNum tx) {
    findings_->AddTotal(side, asset_, amount);
    if (!part.address.has_value()) return;
    const std::optional<std::uint32_t> who = parties_.EndAt(*part.address, side);
    if (who.has_value()) findings_->AddDirect(*who, side, asset_, amount, tx);
  }
  // False: enough was read.
  bool MayRead(TxNum tx) {
    rows_ += view_.Inputs(tx).size() + view_.Outputs(tx).size();
    if (rows_ <= kMaxScreenRows) return true;
    Cut(absl::StrCat("transactions were read up to ", kMaxScreenRows, " inputs and outputs"));
    return false;
  }

  // Who paid for the subject's outputs.
  absl::Status AddSources() {
    for (std::size_t next = 0; next < outputs_.size();) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      const TxNum tx = view_.TransactionOf(outputs_[next]);
      const IdRange<OutputNum> all = view_.Outputs(tx);
      if (!MayRead(tx)) return absl::OkStatus();
      std::vector<bool> is_subject(all.size(), false);
      for (; next < outputs_.size() && all.contains(outputs_[next]); ++next) {
        is_subject[outputs_[next] - all.begin] = true;
      }
      // Only damage lets an output be none of its transaction's.
      if (std::find(is_subject.begin(), is_subject.end(), true) == is_subject.end()) {
        return view_.damage().status();
      }
      const Parts parts = ReadParts(view_, tx);
      if (!parts.is_known) {
        ++unknown_;
        continue;
      }
      LaySideBySide(parts, [&](std::size_t input, std::size_t output, std::uint64_t amount) {
        if (!is_subject[output] || IsOwn(parts.inputs[input])) return;
        AddDirect(parts.inputs[input], ScreenSide::kSource, amount, tx);
      });
    }
    return absl::OkStatus();
  }

  // Whom the subject's outputs paid; of a transaction, whom it pays itself.
  absl::Status AddDestinations() {
    if (subject_.kind != ScreeningKind::kAddress) {
      AddPaid();
      return absl::OkStatus();
    }
    std::vector<TxNum> spenders;
    for (const OutputNum output : outputs_) {
      const std::optional<TxNum> spender = view_.Spender(output);
      if (spender.has_value()) spenders.push_back(*spender);
    }
    for (const ForeignNum foreign : foreign_) spenders.push_back(view_.SpenderOf(foreign));
    std::sort(spenders.begin(), spenders.end());
    spenders.erase(std::unique(spenders.begin(), spenders.end()), spenders.end());
    for (const TxNum tx : spenders) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      if (!MayRead(tx)) return absl::OkStatus();
      const Parts parts = ReadParts(view_, tx);
      if (!parts.is_known) {
        ++unknown_;
        continue;
      }
      LaySideBySide(parts, [&](std::size_t input, std::size_t output, std::uint64_t amount) {
        if (!IsOwn(parts.inputs[input]) || IsOwn(parts.outputs[output])) return;
        AddDirect(parts.outputs[output], ScreenSide::kDestination, amount, tx);
      });
    }
    return absl::OkStatus();
  }

  // Change goes nowhere: what a transaction pays an address that paid for it.
  void AddPaid() {
    const Parts parts = ReadParts(view_, *subject_.tx);
    const OutputNum first = view_.Outputs(*subject_.tx).begin;
    for (const OutputNum output : outputs_) {
      const Part part{view_.Value(output), view_.AddressOf(output)};
      const bool is_change =
          subject_.kind == ScreeningKind::kTransaction &&
          std::any_of(parts.inputs.begin(), parts.inputs.end(),
                      [&part](const Part& input) { return input.address == part.address; });
      if (is_change || output < first) continue;
      AddDirect(part, ScreenSide::kDestination, part.value, *subject_.tx);
      const bool is_end = parties_.EndAt(*part.address, ScreenSide::kDestination).has_value();
      if (!is_end) paid_on_.push_back(output);
    }
  }

  // Follows the subject's outputs as far as max_hops, or less far where too much lies within.
  absl::Status AddIndirect(ScreenSide side) {
    const bool is_source = side == ScreenSide::kSource;
    if (rows_ > kMaxScreenRows) {  // what is direct is not all known
      CutShort(side, 1);
      return absl::OkStatus();
    }
    // What a transaction pays is one hop away already.
    const bool is_paid = !is_source && subject_.kind != ScreeningKind::kAddress;
    const std::uint32_t before = is_paid ? 1 : 0;
    const ScreeningStops stops(parties_, side);
    TraceRequest request;
    request.labels = {""};
    for (const OutputNum output : is_paid ? paid_on_ : outputs_) {
      request.seeds.push_back({output, 0});
    }
    request.stops = &stops;
    if (!is_source && !foreign_.empty()) {
      Cut("what the address held before the window was followed one hop alone");
    }
    if (request.seeds.empty()) return absl::OkStatus();
    const auto run = is_source ? RunSourceTrace : RunTrace;
    for (std::uint32_t hops = screening_.max_hops; hops > 1; hops /= 2) {
      request.max_hops = hops - before;
      EndsByWho sums;
      const absl::Status traced =
          run(view_, request, {.max_transactions = kMaxScreenTransactions}, cancellation_, sums)
              .status();
      if (absl::IsResourceExhausted(traced)) continue;
      COINWAKE_RETURN_IF_ERROR(traced);
      for (const EndsByWho::End& end : sums.ends) {
        const AmountSum direct =
            is_paid ? AmountSum(0) : findings_->DirectOf(end.who, side, asset_);
        const AmountSum whole = end.satoshi;
        findings_->AddIndirect(end.who, side, asset_,
                               whole > direct ? whole - direct : AmountSum(0), HopsOf(end, before));
      }
      if (hops != screening_.max_hops) CutShort(side, hops);
      return absl::OkStatus();
    }
    CutShort(side, 1);
    return absl::OkStatus();
  }
  static std::optional<std::uint32_t> HopsOf(const EndsByWho::End& end, std::uint32_t before) {
    if (!end.hops.has_value()) return std::nullopt;
    return *end.hops + before;
  }
  void CutShort(ScreenSide side, std::uint32_t hops) {
    Cut(absl::StrCat("the ", std::string(ScreenSideName(side)), " was followed ", hops, " of ",
                     screening_.max_hops, " hops: more lies further on than is read"));
  }

  const View& view_;
  const PreparedScreening& screening_;
  const ScreeningSubject& subject_;
  ScreeningParties& parties_;
  const Cancellation* const cancellation_;
  ScreeningFindings* const findings_;
  const std::uint32_t asset_;
  std::vector<OutputNum> outputs_;   // the subject's, ascending
  std::vector<ForeignNum> foreign_;  // that it held before a window
  std::vector<OutputNum> paid_on_;   // of a transaction's, those that are followed on
  std::uint64_t rows_ = 0;
  std::uint64_t unknown_ = 0;  // transactions
};

}  // namespace

absl::Status GatherFacts(const View& view, const PreparedScreening& screening,
                         const ScreeningSubject& subject, ScreeningParties& parties,
                         const Cancellation* cancellation, ScreeningFindings* findings) {
  return OutputGatherer(view, screening, subject, parties, cancellation, findings).Run();
}

}  // namespace coinwake::server
