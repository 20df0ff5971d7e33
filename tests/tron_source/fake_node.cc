#include "tests/tron_source/fake_node.h"

#include <thread>
#include <utility>

#include "indexer/base/check.h"

namespace coinwake::tron {
namespace {

template <typename Message>
grpc::Status Parsed(const grpc::Status& status, const std::string& bytes, Message* message) {
  if (status.ok()) COINWAKE_CHECK(message->ParseFromString(bytes));
  return status;
}

}  // namespace

// Receipts go out as bytes, so that they can be no message at all.
class FakeNode::Wallet final
    : public protocol::Wallet::WithRawCallbackMethod_GetTransactionInfoByBlockNum<
          protocol::Wallet::Service> {
 public:
  explicit Wallet(FakeNode* node) : node_(*node) {}

  grpc::Status GetNowBlock(grpc::ServerContext* context, const protocol::EmptyMessage*,
                           protocol::Block* block) override {
    std::string bytes;
    const auto make = [](FakeNode& node) {
      return node.blocks_.empty() ? std::string() : node.blocks_.rbegin()->second.block;
    };
    return Parsed(node_.Answer(Method::kNowBlock, context, make, &bytes), bytes, block);
  }

  grpc::Status GetBlockByLimitNext(grpc::ServerContext* context, const protocol::BlockLimit* limit,
                                   protocol::BlockList* list) override {
    COINWAKE_CHECK(limit->end_num() - limit->start_num() <= 100);
    std::string bytes;
    const auto make = [limit](FakeNode& node) {
      protocol::BlockList made;
      auto left = limit->end_num() - limit->start_num();
      // As java-tron: so many blocks, from the first that is there.
      for (auto block = node.blocks_.lower_bound(static_cast<std::uint64_t>(limit->start_num()));
           block != node.blocks_.end() && left > 0; ++block, --left) {
        made.add_block(block->second.block);
      }
      return made.SerializeAsString();
    };
    return Parsed(node_.Answer(Method::kBlocks, context, make, &bytes), bytes, list);
  }

  grpc::ServerUnaryReactor* GetTransactionInfoByBlockNum(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* answer) override {
    grpc::Slice slice;
    COINWAKE_CHECK(request->DumpToSingleSlice(&slice).ok());
    protocol::NumberMessage number;
    COINWAKE_CHECK(number.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
    std::string bytes;
    const grpc::Status status = node_.Answer(
        Method::kInfos, context,
        [&number](FakeNode& node) {
          const auto block = node.blocks_.find(static_cast<std::uint64_t>(number.num()));
          return block == node.blocks_.end() ? std::string() : block->second.info_list;
        },
        &bytes);
    const grpc::Slice out(bytes);
    *answer = grpc::ByteBuffer(&out, 1);
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(status);
    return reactor;
  }

 private:
  FakeNode& node_;
};

class FakeNode::Solidity final : public protocol::WalletSolidity::Service {
 public:
  explicit Solidity(FakeNode* node) : node_(*node) {}
  grpc::Status GetNowBlock(grpc::ServerContext* context, const protocol::EmptyMessage*,
                           protocol::Block* block) override {
    std::string bytes;
    const auto make = [](FakeNode& node) { return node.blocks_.at(node.solid_).block; };
    return Parsed(node_.Answer(Method::kSolidBlock, context, make, &bytes), bytes, block);
  }

 private:
  FakeNode& node_;
};

class FakeNode::Database final : public protocol::Database::Service {
 public:
  explicit Database(FakeNode* node) : node_(*node) {}
  grpc::Status GetDynamicProperties(grpc::ServerContext* context, const protocol::EmptyMessage*,
                                    protocol::DynamicProperties* properties) override {
    std::string bytes;
    const auto make = [](FakeNode& node) {
      protocol::DynamicProperties made;
      made.set_last_solidity_block_num(static_cast<std::int64_t>(node.solid_));
      return made.SerializeAsString();
    };
    return Parsed(node_.Answer(Method::kProperties, context, make, &bytes), bytes, properties);
  }

 private:
  FakeNode& node_;
};

FakeNode::FakeNode(const std::vector<TestBlock>& chain, Services services) {
  SetChain(chain);
  if (services.wallet) services_.push_back(std::make_unique<Wallet>(this));
  if (services.solidity) services_.push_back(std::make_unique<Solidity>(this));
  if (services.database) services_.push_back(std::make_unique<Database>(this));
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  COINWAKE_CHECK(server_ != nullptr && port_ != 0);
}

FakeNode::~FakeNode() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

std::string FakeNode::place() const { return "grpc://127.0.0.1:" + std::to_string(port_); }

void FakeNode::SetChain(const std::vector<TestBlock>& chain) {
  const std::lock_guard<std::mutex> hold(mutex_);
  blocks_.clear();
  for (const TestBlock& block : chain) blocks_[block.number] = block;
}

void FakeNode::SetSolid(std::uint64_t number) {
  const std::lock_guard<std::mutex> hold(mutex_);
  solid_ = number;
}

void FakeNode::FailNext(Method method, const std::vector<NodeFault>& faults) {
  const std::lock_guard<std::mutex> hold(mutex_);
  next_[method].assign(faults.begin(), faults.end());
}

void FakeNode::FailAll(Method method, std::optional<NodeFault> fault) {
  const std::lock_guard<std::mutex> hold(mutex_);
  always_.erase(method);
  if (fault.has_value()) always_[method] = *std::move(fault);
}

void FakeNode::Before(Method method, std::function<void(FakeNode&)> hook) {
  const std::lock_guard<std::mutex> hold(mutex_);
  hooks_[method] = std::move(hook);
}

int FakeNode::calls(Method method) const {
  const std::lock_guard<std::mutex> hold(mutex_);
  const auto found = calls_.find(method);
  return found == calls_.end() ? 0 : found->second;
}

grpc::Status FakeNode::Answer(Method method, grpc::ServerContextBase* context,
                              const std::function<std::string(FakeNode&)>& make,
                              std::string* answer) {
  NodeFault fault;
  std::function<void(FakeNode&)> hook;
  {
    const std::lock_guard<std::mutex> hold(mutex_);
    ++calls_[method];
    hook = hooks_[method];
    if (!next_[method].empty()) {
      fault = next_[method].front();
      next_[method].pop_front();
    } else if (const auto found = always_.find(method); found != always_.end()) {
      fault = found->second;
    }
  }
  if (hook) hook(*this);
  for (auto waited = std::chrono::milliseconds(0); waited < fault.delay && !context->IsCancelled();
       waited += std::chrono::milliseconds(5)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (fault.code != grpc::StatusCode::OK) return {fault.code, "as the test\nsays"};
  const std::lock_guard<std::mutex> hold(mutex_);
  *answer = make(*this);
  if (fault.change) fault.change(answer);
  return grpc::Status::OK;
}

}  // namespace coinwake::tron
