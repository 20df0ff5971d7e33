#include "indexer/tron_source/node_source.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "indexer/tron/block.h"
#include "indexer/tron_source/messages.h"
#include "indexer/tron_source/node_client.h"
#include "tron/api.pb.h"

namespace coinwake::tron {
namespace {

constexpr char kNowBlock[] = "protocol.Wallet/GetNowBlock";
constexpr char kBlocks[] = "protocol.Wallet/GetBlockByLimitNext";
constexpr char kInfos[] = "protocol.Wallet/GetTransactionInfoByBlockNum";
constexpr char kSolidNowBlock[] = "protocol.WalletSolidity/GetNowBlock";
constexpr char kProperties[] = "protocol.Database/GetDynamicProperties";

constexpr std::uint32_t kListBlocks = 1;  // field of BlockList
constexpr int kMaxBlocksPerCall = 100;    // RpcApiService.BLOCK_LIMIT_NUM
// Where a node does not tell what is solid: two rounds of its 27 witnesses, where 18 blocks of
// others are enough (DposService.updateSolidBlock).
constexpr std::uint64_t kSolidAfter = 54;

// A number above any block's, such that counting on from below it does not overflow.
constexpr std::uint64_t kMaxNumber = std::numeric_limits<std::int64_t>::max() - kMaxBlocksPerCall;

// So many blocks with transactions and no receipts at all are of a node that keeps none. Fewer can
// be the head, where a node may lag behind itself.
constexpr std::size_t kProofOfNone = 8;
// So far below the head receipts may still come: half an hour.
constexpr std::uint64_t kMayLag = 600;

struct Fetched {
  Hash256 id;
  Hash256 parent;
  RawBlock raw;
  bool lacks_receipts = false;
};

std::uint64_t NumberOf(const Fetched& block) { return NumberOfBlockId(block.id); }

NodeCall InfosCall(std::uint64_t number) {
  protocol::NumberMessage message;
  message.set_num(static_cast<std::int64_t>(number));
  return {kInfos, message.SerializeAsString(), "", {}};
}

class NodeSource final : public BlockSource {
 public:
  NodeSource(std::string place, const std::string& address, const SourceOptions& options)
      : place_(std::move(place)),
        blocks_per_call_(
            static_cast<std::uint64_t>(std::clamp(options.blocks_per_call, 1, kMaxBlocksPerCall))),
        client_(NodeClient::New(place_, address, options)) {}

  absl::StatusOr<SourceRange> Range() override {
    window_.clear();
    SourceRange range;
    const auto last = NowNumber(kNowBlock);
    if (absl::IsUnimplemented(last.status())) {
      return absl::InvalidArgumentError(absl::StrCat(
          place_, ": does not serve protocol.Wallet; give the gRPC port of a FullNode, as 50051"));
    }
    COINWAKE_RETURN_IF_ERROR(last.status());
    last_ = *last;
    range.last = std::min(last_, end_ - 1);
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t solid, Solid());
    range.solid = std::min(solid, range.last);
    if (!first_.has_value()) {
      COINWAKE_ASSIGN_OR_RETURN(first_, FindFirst());
    }
    range.first = *first_;
    return range;
  }

  absl::StatusOr<Hash256> BlockId(std::uint64_t number) override {
    if (const Fetched* block = InWindow(number)) return block->id;
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<Fetched> blocks,
                              Fetch(number, 1, /*may_lack=*/false));
    return blocks.front().id;
  }

  absl::Status Read(std::uint64_t number, RawBlock* block) override {
    *block = {};
    if (InWindow(number) == nullptr) COINWAKE_RETURN_IF_ERROR(Fill(number));
    const Fetched& fetched = *InWindow(number);
    read_ = fetched.id;
    *block = fetched.raw;
    if (fetched.lacks_receipts) ++report_.blocks_without_receipts;
    return absl::OkStatus();
  }

  // The node is asked once: it had its time since the block was indexed.
  absl::StatusOr<bool> HasReceipts(std::uint64_t number) override {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<Fetched> blocks,
                              Fetch(number, 1, /*may_lack=*/false));
    auto txids = TxidsOf(SpanOf(blocks.front().raw.block));
    if (!txids.ok() || txids->empty()) return false;
    std::sort(txids->begin(), txids->end());
    NodeCall call = InfosCall(number);
    bool has = false;
    COINWAKE_RETURN_IF_ERROR(client_->Call({&call, 1}, [&](const NodeCall& answered) {
      has = !answered.answer.empty() && CheckInfos(answered, *txids).ok();
      return absl::OkStatus();
    }));
    return has;
  }

  const SourceReport& report() const override { return report_; }

 private:
  const Fetched* InWindow(std::uint64_t number) const {
    if (window_.empty() || number < NumberOf(window_.front())) return nullptr;
    const std::uint64_t index = number - NumberOf(window_.front());
    return index < window_.size() ? &window_[index] : nullptr;
  }

  absl::Status Damaged(const NodeCall& call, const absl::Status& status) const {
    return absl::DataLossError(absl::StrCat(place_, ": ", call.method, ": ",
                                            std::string(status.message()),
                                            "; the node or what is between is faulty"));
  }
  absl::Status NoBlock(std::uint64_t number) const {
    return absl::NotFoundError(absl::StrCat(place_, ": the node has no block ", number));
  }

  // The number of the block that `method` says is the last.
  absl::StatusOr<std::uint64_t> NowNumber(const char* method) {
    NodeCall call = {method, "", "", {}};
    std::uint64_t number = 0;
    COINWAKE_RETURN_IF_ERROR(client_->Call({&call, 1}, [&](const NodeCall& answered) {
      BlockHeader header;
      // A node that has just begun gives an empty message.
      if (answered.answer.empty()) {
        return absl::UnavailableError(absl::StrCat(place_, ": the node has no block yet"));
      }
      const absl::Status status = ReadHeaderOf(SpanOf(answered.answer), &header);
      if (!status.ok()) return Damaged(answered, status);
      number = header.number;
      return absl::OkStatus();
    }));
    return number;
  }

  absl::StatusOr<std::uint64_t> Solid() {
    NodeCall call = {kProperties, "", "", {}};
    std::uint64_t solid = 0;
    const absl::Status status = client_->Call({&call, 1}, [&](const NodeCall& answered) {
      protocol::DynamicProperties properties;
      if (!properties.ParseFromString(answered.answer) ||
          properties.last_solidity_block_num() < 0) {
        return Damaged(answered, absl::DataLossError("no properties"));
      }
      solid = static_cast<std::uint64_t>(properties.last_solidity_block_num());
      return absl::OkStatus();
    });
    if (status.ok()) return solid;
    if (!absl::IsUnimplemented(status)) return status;
    auto number = NowNumber(kSolidNowBlock);
    if (!absl::IsUnimplemented(number.status())) return number;
    return last_ - std::min(last_, kSolidAfter);
  }

  // The lowest block from which on the node has all: a lite node has the latest ones only.
  absl::StatusOr<std::uint64_t> FindFirst() {
    const auto has = [this](std::uint64_t number) -> absl::StatusOr<bool> {
      COINWAKE_ASSIGN_OR_RETURN(const auto blocks, Fetch(number, 1, /*may_lack=*/true));
      return !blocks.empty();
    };
    COINWAKE_ASSIGN_OR_RETURN(const bool has_genesis, has(0));
    std::uint64_t low = has_genesis ? 1 : 0;  // not known to be there
    std::uint64_t high = last_;               // there
    if (low >= high) return 0;
    COINWAKE_ASSIGN_OR_RETURN(const bool has_low, has(low));
    if (has_low) return 0;
    while (high - low > 1) {
      const std::uint64_t middle = low + (high - low) / 2;
      COINWAKE_ASSIGN_OR_RETURN(const bool has_middle, has(middle));
      (has_middle ? high : low) = middle;
    }
    return high;
  }

  // Blocks [first, first + count), or fewer: as many as are there and follow each other. At least
  // one unless it `may_lack`; kNotFound otherwise.
  absl::StatusOr<std::vector<Fetched>> Fetch(std::uint64_t first, std::uint64_t count,
                                             bool may_lack) {
    std::vector<Fetched> blocks;
    if (first > kMaxNumber) return NoBlock(first);
    protocol::BlockLimit limit;
    limit.set_start_num(static_cast<std::int64_t>(first));
    limit.set_end_num(static_cast<std::int64_t>(first + count));
    NodeCall call = {kBlocks, limit.SerializeAsString(), "", {}};
    COINWAKE_RETURN_IF_ERROR(client_->Call({&call, 1}, [&](const NodeCall& answered) {
      const absl::Status status = ReadList(answered.answer, first, &blocks);
      if (!status.ok()) return Damaged(answered, status);
      return blocks.empty() && !may_lack ? NoBlock(first) : absl::OkStatus();
    }));
    return blocks;
  }

  static absl::Status ReadList(const std::string& list, std::uint64_t first,
                               std::vector<Fetched>* blocks) {
    blocks->clear();
    std::vector<WireField> fields;
    COINWAKE_RETURN_IF_ERROR(ReadFields(SpanOf(list), &fields));
    for (const WireField& field : fields) {
      if (field.number != kListBlocks) continue;
      BlockHeader header;
      COINWAKE_RETURN_IF_ERROR(ReadHeaderOf(field.bytes, &header));
      if (field.bytes.size() > kMaxBlockSize) {
        return absl::DataLossError("a block larger than any may be");
      }
      // java-tron gives the next blocks that it has, and a list may be of two chains.
      if (header.number != first + blocks->size()) break;
      if (!blocks->empty() && header.parent != blocks->back().id) break;
      Fetched& block = blocks->emplace_back();
      block.id = header.id;
      block.parent = header.parent;
      block.raw.block.assign(reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size());
    }
    return absl::OkStatus();
  }

  // Fills the window from `number` on.
  absl::Status Fill(std::uint64_t number) {
    window_.clear();
    if (number >= end_) return Ended();
    const std::uint64_t known = number <= last_ ? last_ - number + 1 : 1;
    COINWAKE_ASSIGN_OR_RETURN(std::vector<Fetched> blocks,
                              Fetch(number, std::min(known, blocks_per_call_), /*may_lack=*/false));
    if (read_.has_value() && NumberOfBlockId(*read_) + 1 == number &&
        blocks.front().parent != *read_) {
      return ChainChanged(number);
    }
    COINWAKE_RETURN_IF_ERROR(AddReceipts(&blocks));
    if (blocks.empty()) return Ended();
    window_ = std::move(blocks);
    return absl::OkStatus();
  }

  absl::Status ChainChanged(std::uint64_t number) {
    window_.clear();
    read_.reset();
    return absl::AbortedError(absl::StrCat(place_, ": the node changed its chain below block ",
                                           number, "; it has to be followed anew"));
  }

  absl::Status AddReceipts(std::vector<Fetched>* blocks) {
    std::vector<NodeCall> calls;
    std::vector<Fetched*> asked;
    std::vector<std::vector<Hash256>> txids;
    for (Fetched& block : *blocks) {
      auto ids = TxidsOf(SpanOf(block.raw.block));
      // What is wrong with its transactions is for the decoder to say; block 0 has no receipts.
      if (!ids.ok() || ids->empty() || NumberOf(block) == 0) continue;
      std::sort(ids->begin(), ids->end());
      calls.push_back(InfosCall(NumberOf(block)));
      asked.push_back(&block);
      txids.push_back(*std::move(ids));
    }
    absl::Status all = client_->Call(calls, [&](const NodeCall& call) {
      const auto index = static_cast<std::size_t>(&call - calls.data());
      return CheckInfos(call, txids[index]);
    });
    if (absl::IsCancelled(all) || absl::IsUnimplemented(all)) return all;
    COINWAKE_RETURN_IF_ERROR(LearnWhetherItKeepsAny(calls, *blocks));
    for (std::size_t i = 0; i < calls.size(); ++i) {
      RawBlock& raw = asked[i]->raw;
      if (calls[i].status.ok() && !calls[i].answer.empty()) {
        raw.receipts = std::move(calls[i].answer);
        raw.receipts_form = RawBlock::Receipts::kInfoList;
      } else if (calls[i].status.ok() || absl::IsNotFound(calls[i].status)) {
        COINWAKE_RETURN_IF_ERROR(GoWithoutReceipts(asked[i]));
        if (end_ != kMaxNumber) {
          std::erase_if(*blocks, [this](const Fetched& block) { return NumberOf(block) >= end_; });
          return absl::OkStatus();
        }
      } else {
        return calls[i].status;
      }
    }
    return absl::OkStatus();
  }

  // From the answers about `blocks`.
  absl::Status LearnWhetherItKeepsAny(const std::vector<NodeCall>& calls,
                                      const std::vector<Fetched>& blocks) {
    const bool has_some = std::any_of(calls.begin(), calls.end(),
                                      [](const NodeCall& call) { return !call.answer.empty(); });
    if (has_some) {
      has_no_receipts_ = false;
      gave_receipts_ = true;
    } else if (calls.size() >= kProofOfNone && !has_no_receipts_) {
      bool keeps = false;
      if (IsNearHead(NumberOf(blocks.back()))) {
        COINWAKE_ASSIGN_OR_RETURN(keeps, KeepsReceipts(NumberOf(blocks.front())));
      }
      has_no_receipts_ = !keeps;
    }
    return absl::OkStatus();
  }

  // Where a node may have a block and not yet its receipts.
  bool IsNearHead(std::uint64_t number) const { return number + kMayLag > last_; }

  // Whether the node gave receipts, or gives those of a block some way below `number`.
  absl::StatusOr<bool> KeepsReceipts(std::uint64_t number) {
    for (std::size_t probe = 0; probe < kProofOfNone && !gave_receipts_; ++probe) {
      if (number <= *first_ + kProofOfNone) break;
      number -= kProofOfNone;
      COINWAKE_ASSIGN_OR_RETURN(gave_receipts_, HasReceipts(number));
    }
    return gave_receipts_;
  }

  // Better no block than one without its receipts, which no later run would add.
  absl::Status EndBefore(std::uint64_t number) {
    const std::string why = absl::StrCat(
        place_, ": the node gives no receipts of block ", number,
        " yet, or those of other transactions; blocks from it on are left out: run again later");
    if (number == *first_) return absl::UnavailableError(why);
    end_ = number;
    AddWarning(why, &report_);
    return absl::OkStatus();
  }
  absl::Status Ended() {
    window_.clear();
    read_.reset();
    return absl::AbortedError(absl::StrCat(place_, ": ends before block ", end_));
  }

  // `txids` are sorted. kNotFound: they are not, or not yet, those of the block's transactions.
  absl::Status CheckInfos(const NodeCall& call, const std::vector<Hash256>& txids) const {
    // From a node that keeps none, more tries bring nothing.
    if (call.answer.empty() && has_no_receipts_) return absl::OkStatus();
    absl::StatusOr<std::vector<Hash256>> named = TxidsOfInfoList(SpanOf(call.answer));
    if (!named.ok()) return Damaged(call, named.status());
    std::sort(named->begin(), named->end());
    if (*named == txids) return absl::OkStatus();
    return absl::NotFoundError(absl::StrCat(place_, ": receipts of other transactions"));
  }

  absl::Status GoWithoutReceipts(Fetched* block) {
    const std::uint64_t number = NumberOf(*block);
    if (!has_no_receipts_) {
      // They may be those of another chain, which the node has by now.
      COINWAKE_ASSIGN_OR_RETURN(const std::vector<Fetched> now,
                                Fetch(number, 1, /*may_lack=*/true));
      if (now.empty() || now.front().id != block->id) return ChainChanged(number + 1);
      if (IsNearHead(number)) {
        COINWAKE_ASSIGN_OR_RETURN(const bool keeps, KeepsReceipts(number));
        if (keeps) return EndBefore(number);
      }
      AddWarning(absl::StrCat(place_, ": the node gives no receipts of block ", number,
                              ", or those of other transactions; not used"),
                 &report_);
    }
    block->lacks_receipts = true;
    return absl::OkStatus();
  }

  const std::string place_;
  const std::uint64_t blocks_per_call_;
  const std::unique_ptr<NodeClient> client_;
  std::uint64_t last_ = 0;  // as of the last Range()
  std::optional<std::uint64_t> first_;
  std::vector<Fetched> window_;   // blocks by number, each on the one before
  std::optional<Hash256> read_;   // the id of the block read last
  bool has_no_receipts_ = false;  // more tries bring nothing
  bool gave_receipts_ = false;
  std::uint64_t end_ = kMaxNumber;  // blocks from it on are left out
  SourceReport report_;
};

// HOST:PORT, or [HOST]:PORT for what has colons itself.
bool IsAddress(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view host = address.substr(0, colon);
  const std::string port(address.substr(colon + 1));
  std::uint32_t number = 0;
  if (!absl::SimpleAtoi(port, &number) || number == 0 || number > 65535) return false;
  const bool has_colon = host.find(':') != std::string_view::npos;
  return host.find_first_of("/@? ") == std::string_view::npos &&
         (!has_colon || (host.starts_with('[') && host.ends_with(']')));
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlockSource>> OpenNodeSource(const std::string& place,
                                                            const SourceOptions& options) {
  const std::string address = place.substr(std::string_view(kNodePrefix).size());
  if (!IsAddress(address)) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": a node is grpc://HOST:PORT, as grpc://127.0.0.1:50051"));
  }
  auto source = std::make_unique<NodeSource>(place, address, options);
  // Whether it is there is better said now.
  COINWAKE_RETURN_IF_ERROR(source->Range().status());
  return source;
}

}  // namespace coinwake::tron
