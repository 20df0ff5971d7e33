#include "indexer/tron/event.h"

#include <algorithm>
#include <array>

namespace coinwake::tron {
namespace {

constexpr std::size_t kWordSize = 32;  // bytes

enum class Signature : std::uint8_t {
  kTransfer,
  kIssue,
  kRedeem,
  kAddedBlackList,
  kRemovedBlackList,
  kDestroyedBlackFunds,
};

struct Topic {
  Hash256 hash;
  Signature signature;
};

const std::array<Topic, 6>& Topics() {
  static const auto topic = [](std::string_view text, Signature signature) {
    return Topic{Keccak256(SpanOf(text)), signature};
  };
  static const std::array<Topic, 6> topics = {
      topic("Transfer(address,address,uint256)", Signature::kTransfer),
      topic("Issue(uint256)", Signature::kIssue),
      topic("Redeem(uint256)", Signature::kRedeem),
      topic("AddedBlackList(address)", Signature::kAddedBlackList),
      topic("RemovedBlackList(address)", Signature::kRemovedBlackList),
      topic("DestroyedBlackFunds(address,uint256)", Signature::kDestroyedBlackFunds)};
  return topics;
}

// The words of a log behind its first topic: the topics, then the data.
class Words {
 public:
  explicit Words(const Log& log) : log_(log), topics_(log.topics.size() - 1) {}

  // Whether there are exactly so many topics and words of data.
  bool Are(std::size_t topics, std::size_t data) const {
    return topics_ == topics && log_.data.size() == data * kWordSize;
  }
  Hash256 At(std::size_t i) const {
    if (i < topics_) return log_.topics[i + 1];
    Hash256 word;
    const auto begin = log_.data.begin() + static_cast<std::ptrdiff_t>((i - topics_) * kWordSize);
    std::copy_n(begin, kWordSize, word.bytes.begin());
    return word;
  }
  Address AddressAt(std::size_t i) const { return Address::FromWord(At(i)); }
  Uint256 ValueAt(std::size_t i) const { return Uint256FromBytes(At(i).bytes); }

 private:
  const Log& log_;
  const std::size_t topics_;
};

Event Malformed() {
  Event event;
  event.kind = EventKind::kMalformed;
  return event;
}

Event Transfer(const Words& words) {
  Event event;
  if (words.Are(2, 1)) {
    event.kind = EventKind::kTransfer;
  } else if (words.Are(3, 0)) {
    event.kind = EventKind::kNftTransfer;
  } else if (words.Are(0, 3)) {
    event.kind = EventKind::kUnindexedTransfer;
  } else {
    return Malformed();
  }
  event.from = words.AddressAt(0);
  event.to = words.AddressAt(1);
  event.value = words.ValueAt(2);
  return event;
}

// Of an account, indexed or in the data; and of a value behind it, if `has_value`.
Event OfAccount(EventKind kind, const Words& words, bool has_value) {
  const std::size_t values = has_value ? 1 : 0;
  if (!words.Are(1, values) && !words.Are(0, 1 + values)) return Malformed();
  Event event;
  event.kind = kind;
  event.from = words.AddressAt(0);
  if (has_value) event.value = words.ValueAt(1);
  return event;
}

Event OfValue(EventKind kind, const Words& words) {
  if (!words.Are(0, 1) && !words.Are(1, 0)) return Malformed();
  Event event;
  event.kind = kind;
  event.value = words.ValueAt(0);
  return event;
}

}  // namespace

Event RecogniseEvent(const Log& log) {
  if (log.topics.empty()) return {};
  const auto* const found =
      std::find_if(Topics().begin(), Topics().end(),
                   [&log](const Topic& topic) { return topic.hash == log.topics.front(); });
  if (found == Topics().end()) return {};
  const Words words(log);
  switch (found->signature) {
    case Signature::kTransfer:
      return Transfer(words);
    case Signature::kIssue:
      return OfValue(EventKind::kIssue, words);
    case Signature::kRedeem:
      return OfValue(EventKind::kRedeem, words);
    case Signature::kAddedBlackList:
      return OfAccount(EventKind::kAddedBlackList, words, /*has_value=*/false);
    case Signature::kRemovedBlackList:
      return OfAccount(EventKind::kRemovedBlackList, words, /*has_value=*/false);
    case Signature::kDestroyedBlackFunds:
      return OfAccount(EventKind::kDestroyedBlackFunds, words, /*has_value=*/true);
  }
  return {};
}

std::string_view EventKindName(EventKind kind) {
  switch (kind) {
    case EventKind::kOther:
      return "Other";
    case EventKind::kMalformed:
      return "Malformed";
    case EventKind::kTransfer:
      return "Transfer";
    case EventKind::kNftTransfer:
      return "NftTransfer";
    case EventKind::kUnindexedTransfer:
      return "UnindexedTransfer";
    case EventKind::kIssue:
      return "Issue";
    case EventKind::kRedeem:
      return "Redeem";
    case EventKind::kAddedBlackList:
      return "AddedBlackList";
    case EventKind::kRemovedBlackList:
      return "RemovedBlackList";
    case EventKind::kDestroyedBlackFunds:
      return "DestroyedBlackFunds";
  }
  return "unknown";
}

}  // namespace coinwake::tron
